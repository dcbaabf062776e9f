import { describe, expect, it } from 'vitest';
import { readPayload } from '../../../../src/checks/vulnerabilities/payload.ts';

const read = (body: unknown) => readPayload(typeof body === 'string' ? body : JSON.stringify(body));
const found = (more: object) => ({
  ...{ id: 'CVE-2026-1', severity: 'high', package: '', where: '', since: undefined, suppressed: false, ...more },
});

describe('our own list', () => {
  it('has ids, severities, places and dates; what is no vulnerability is left out', () => {
    const body = [
      { id: 'CVE-2026-1', severity: 'high', package: 'openssl', where: 'shop@sha256:01', since: '2026-11-01' },
      { id: 'GHSA-aaaa-bbbb-cccc', cvss: 9.1, since: '2026-11-01T10:00:00+01:00', suppressed: true },
      { id: 'CVE-2026-3', severity: 'info' },
    ];
    expect(read(body)).toEqual({
      findings: [
        found({ package: 'openssl', where: 'shop@sha256:01', since: new Date('2026-11-01') }),
        found({
          id: 'GHSA-aaaa-bbbb-cccc',
          severity: 'critical',
          since: new Date('2026-11-01T09:00:00Z'),
          suppressed: true,
        }),
      ],
    });
    expect(read([])).toEqual({ findings: [] });
  });

  it('lists one twice: the graver word, the earlier date, accepted only if both are', () => {
    const body = [
      { id: 'CVE-2026-1', severity: 'low', since: '2026-11-01', suppressed: true },
      { id: 'CVE-2026-1', severity: 'high', since: '2026-11-05' },
      { id: 'CVE-2026-1', severity: 'medium', suppressed: true },
    ];
    expect(read(body)).toEqual({ findings: [found({ since: new Date('2026-11-01') })] });
  });

  it('keeps no text that might be anybody’s: masked, on one line, cut', () => {
    const secret = `ghp_${'a1B2'.repeat(9)}`;
    const where = `jane@example.com ${secret}\n\u0007\ud800${'x'.repeat(400)}`;
    const { findings } = read([{ id: 'CVE-2026-1', severity: 'low', where }]) as { findings: { where: string }[] };
    expect(findings[0]?.where.length).toBeLessThanOrEqual(200);
    expect(findings[0]?.where).not.toMatch(/jane|a1B2|\p{Cc}/u);
    expect(findings[0]?.where.isWellFormed()).toBe(true);
    for (const id of [secret, 'Jane Doe', 'a'.repeat(101), '', '<@U1>'])
      expect(read([{ id, severity: 'low' }])).toEqual({ invalid: expect.stringMatching(/^finding 1: id is a name/) });
  });

  it.each([
    ['no JSON', 'found 0 vulnerabilities', /^the body is no JSON/],
    ['a number', '0', /^not understood at its top/],
    ['nothing', 'null', /^not understood at its top/],
    ['an object', '{"findings": []}', /^not understood at its top/],
    ['another key', [{ id: 'A', severity: 'low', title: 'x' }], /^not understood at 0/],
    ['no severity', [{ id: 'A' }], /^finding 1: severity is/],
    ['a word for it that is none', [{ id: 'A', severity: 'severe' }], /^finding 1: severity is/],
    ['a score that is none', [{ id: 'A', cvss: 11 }], /^not understood at 0\.cvss/],
    ['a date that is none', [{ id: 'A', severity: 'low', since: 'yesterday' }], /^not understood at 0\.since/],
  ])('%s is refused', (_, body, invalid) => {
    expect(read(body)).toEqual({ invalid: expect.stringMatching(invalid) });
  });
});

/** As `npm audit --json` of npm 11 prints it, shortened. */
const npm = {
  auditReportVersion: 2,
  vulnerabilities: {
    micromatch: {
      ...{ name: 'micromatch', severity: 'critical', isDirect: false, effects: [], nodes: ['node_modules/micromatch'] },
      via: ['braces'],
    },
    braces: {
      ...{ name: 'braces', severity: 'high', isDirect: false, effects: ['micromatch'], range: '<3.0.3' },
      via: [
        {
          ...{ source: 1098094, name: 'braces', dependency: 'braces', title: 'Uncontrolled resource consumption' },
          ...{ url: 'https://github.com/advisories/GHSA-grv7-fg5c-xmjg', severity: 'high', range: '<3.0.3' },
          ...{ cwe: ['CWE-400'], cvss: { score: 7.5, vectorString: 'CVSS:3.1/AV:N' } },
        },
        { source: 42, name: 'braces', dependency: 'braces', severity: 'moderate', url: null, cvss: { score: 0 } },
      ],
    },
  },
  metadata: { vulnerabilities: { info: 0, low: 0, moderate: 1, high: 1, critical: 0, total: 2 } },
};

/** As `pnpm audit --json` prints it, and npm 6. */
const pnpm = {
  ...{ actions: [], muted: [] },
  advisories: {
    '1098094': {
      ...{ id: 1098094, github_advisory_id: 'GHSA-grv7-fg5c-xmjg', module_name: 'braces', severity: 'high' },
      ...{ findings: [{ version: '3.0.2', paths: ['.>micromatch>braces'] }], cvss: { score: 7.5, vectorString: null } },
    },
    '7': { id: 7, module_name: 'left-pad', severity: 'low', findings: [] },
  },
  metadata: { vulnerabilities: { info: 0, low: 1, moderate: 0, high: 1, critical: 0 }, dependencies: 500 },
};

describe('npm audit and pnpm audit', () => {
  it('each advisory once for each package that has it', () => {
    const braces = found({ id: 'GHSA-grv7-fg5c-xmjg', package: 'braces' });
    expect(read(npm)).toEqual({ findings: [braces, found({ id: '42', severity: 'medium', package: 'braces' })] });
    expect(read(pnpm)).toEqual({ findings: [found({ id: '7', severity: 'low', package: 'left-pad' }), braces] });
  });

  it('nothing found', () => {
    const metadata = { vulnerabilities: { info: 0, low: 0, moderate: 0, high: 0, critical: 0, total: 0 } };
    expect(read({ auditReportVersion: 2, vulnerabilities: {}, metadata })).toEqual({ findings: [] });
    expect(read({ advisories: {}, metadata })).toEqual({ findings: [] });
  });

  it.each([
    ['npm without its registry', { message: '405 Method Not Allowed', method: 'POST', uri: 'https://a' }, /failed/],
    ['pnpm without its registry', { error: { code: 'ERR_PNPM_AUDIT_BAD_RESPONSE', message: 'x' } }, /failed/],
    ['a count without advisories', { ...npm, vulnerabilities: {} }, /counts 2 vulnerabilities and lists no/],
    ['the same of pnpm', { ...pnpm, advisories: {} }, /counts 2 vulnerabilities and lists no/],
    ['a later version', { ...npm, auditReportVersion: 3 }, /at auditReportVersion/],
    ['no count', { ...npm, metadata: {} }, /at metadata/],
    ['another shape of them', { ...npm, vulnerabilities: { braces: { via: [{}] } } }, /at vulnerabilities/],
  ])('%s is refused', (_, body, invalid) => {
    expect(read(body)).toEqual({ invalid: expect.stringMatching(invalid) });
  });
});

describe('snyk test', () => {
  const vulnerability = (more: object = {}) => ({
    ...{ id: 'SNYK-JS-BRACES-6838727', title: 'Uncontrolled', packageName: 'braces', severity: 'high', cvssScore: 9.9 },
    ...{ from: ['shop@1.0.0', 'braces@3.0.2'], identifiers: { CVE: ['CVE-2024-4068'] }, ...more },
  });
  const project = (vulnerabilities: object[], more: object = {}) => ({
    ...{ ok: vulnerabilities.length === 0, vulnerabilities, displayTargetFile: 'web/package-lock.json', ...more },
  });
  const braces = found({ id: 'SNYK-JS-BRACES-6838727', package: 'braces', where: 'web/package-lock.json' });

  it('each once, however many paths lead to it; by Snyk’s severity; licences are none', () => {
    const other = vulnerability({ from: ['shop@1.0.0', 'micromatch@4', 'braces@3.0.2'] });
    const licence = vulnerability({ id: 'snyk:lic:npm:x:GPL', type: 'license' });
    expect(read(project([vulnerability(), other, licence]))).toEqual({ findings: [braces] });
    expect(read(project([]))).toEqual({ findings: [] });
    expect(read(project([], { error: null }))).toEqual({ findings: [] });
  });

  it('several projects', () => {
    const api = project([vulnerability()], { displayTargetFile: null, projectName: 'api' });
    expect(read([project([vulnerability()]), api])).toEqual({ findings: [braces, { ...braces, where: 'api' }] });
  });

  it.each([
    ['a project that could not be tested', { ok: false, error: 'Could not detect supported target files', path: '/a' }],
    ['one of several', [project([]), { ok: false, error: 'no' }]],
    ['nothing listed and not ok', project([], { ok: false })],
    ['another shape', { ok: true, vulnerabilities: [{}] }],
  ])('%s is refused', (_, body) => {
    expect(read(body)).toEqual({ invalid: expect.stringMatching(/snyk test/) });
  });
});
