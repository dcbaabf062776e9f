import { isObject } from '../args.ts';
import { messageBlockProblems } from '../blocks/message.ts';
import type { Problem } from '../blocks/schema.ts';
import { viewProblems } from '../blocks/view.ts';
import { invalidArguments, SlackError } from '../errors.ts';
import type { MethodFamily } from '../method.ts';
import { manifestProblems } from './manifest.ts';

function refuse(error: string, problems: Problem[]): void {
  if (problems.length === 0) return;
  throw new SlackError(error, { errors: problems.map((problem) => ({ code: 'failed_constraint', ...problem })) });
}

export const validateMethods: MethodFamily = {
  'blocks.validate': {
    scopes: [],
    tier: 3,
    run: ({ args }) => {
      const given = ['blocks', 'view', 'message'].filter((name) => args.has(name));
      if (given.length !== 1) throw invalidArguments('must provide exactly one of `blocks`, `view`, or `message`');
      const value = args.structure(given[0] ?? '', 'invalid_arguments');
      if (given[0] === 'view') refuse('invalid_blocks', viewProblems(value, ['modal', 'home'], ''));
      else if (given[0] === 'blocks')
        refuse('invalid_blocks', messageBlockProblems(Array.isArray(value) ? value : [value], ''));
      else
        refuse(
          'invalid_blocks',
          messageBlockProblems(isObject(value) && Array.isArray(value.blocks) ? value.blocks : [value]),
        );
      return {};
    },
  },
  'apps.manifest.validate': {
    scopes: [],
    tier: 3,
    run: ({ args }) => {
      refuse('invalid_manifest', manifestProblems(args.structure('manifest', 'invalid_manifest')));
      return {};
    },
  },
};
