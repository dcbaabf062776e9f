import type { WAFV2 } from '@aws-sdk/client-wafv2';
import { askAws, awsService, everyPage } from '../../checks/aws/client.ts';
import { defineDiscovery, onlyFirst } from '../model.ts';

const connect = awsService<WAFV2>({
  load: async () => (await import('@aws-sdk/client-wafv2')).WAFV2,
  pace: { perSecond: 5, concurrent: 2 },
});
const most = 100;

/** Those of CloudFront are not looked for: they are listed in us-east-1 alone. */
export default defineDiscovery({
  service: 'WAF',
  group: 'security',
  iam: ['wafv2:ListWebACLs'],
  async find({ where, signal }) {
    const waf = await connect(where, signal);
    const acls = await everyPage(async (NextMarker) => {
      const question = { action: 'wafv2:ListWebACLs', resource: 'all regional web ACLs' };
      const page = await askAws(waf, question, signal, (client, options) =>
        client.listWebACLs({ Scope: 'REGIONAL', Limit: 100, NextMarker }, options),
      );
      // WAF gives a marker behind the last page, too.
      return { items: page.WebACLs, next: page.WebACLs?.length ? page.NextMarker : undefined };
    }, most);
    return {
      found: acls.items.flatMap(({ Name: name, Description }) => {
        const comment = [`Web ACL ${name}${Description ? `: ${Description}` : ''}`];
        const beside = { every: '1h', timeout: '20s' };
        return name ? [{ name: `${name} waf`, type: 'waf', params: { web_acl: name }, beside, comment }] : [];
      }),
      remarks: onlyFirst(acls, 'web ACLs'),
    };
  },
});
