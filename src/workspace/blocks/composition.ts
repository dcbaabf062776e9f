import { isObject } from '../args.ts';
import { byType, either, flag, list, object, oneOf, type Rule, string } from './schema.ts';

/** Text objects, options and confirmation dialogs: the parts that blocks and elements share. */

export function plainText(max: number): Rule {
  return byType({ plain_text: object({ text: string({ max, min: 1 }), emoji: flag }, ['text']) });
}

export function mrkdwn(max: number): Rule {
  return byType({ mrkdwn: object({ text: string({ max, min: 1 }), verbatim: flag }, ['text']) });
}

export function anyText(max: number): Rule {
  return byType({
    plain_text: object({ text: string({ max, min: 1 }), emoji: flag }, ['text']),
    mrkdwn: object({ text: string({ max, min: 1 }), verbatim: flag }, ['text']),
  });
}

const OPTION = { textChars: 75, valueChars: 150, urlChars: 3000 };

function optionOf(text: Rule): Rule {
  return object(
    {
      text,
      value: string({ max: OPTION.valueChars }),
      description: anyText(OPTION.textChars),
      url: string({ max: OPTION.urlChars }),
    },
    ['text', 'value'],
  );
}

export const plainOption = optionOf(plainText(OPTION.textChars));
export const richOption = optionOf(anyText(OPTION.textChars));

export const optionGroup = object({ label: plainText(OPTION.textChars), options: list(plainOption, { max: 100 }) }, [
  'label',
  'options',
]);

export const confirm = object(
  {
    title: plainText(100),
    text: anyText(300),
    confirm: plainText(30),
    deny: plainText(30),
    style: oneOf('primary', 'danger'),
  },
  ['text'],
);

export const image = object(
  {
    image_url: string({ max: 3000, min: 1 }),
    slack_file: object({ id: string(), url: string() }, [], either('id', 'url')),
    alt_text: string({ max: 2000, min: 1 }),
  },
  ['alt_text'],
  either('image_url', 'slack_file'),
);

/** What is chosen at first must be among the options, word for word. */
export const initialAmongOptions: Rule = (element, pointer) => {
  if (!isObject(element)) return [];
  const groups = Array.isArray(element.option_groups) ? element.option_groups.filter(isObject) : [];
  const options = [element, ...groups].flatMap((holder) => (Array.isArray(holder.options) ? holder.options : []));
  const known = new Set(options.map(asChosen));
  const initial = [element.initial_option ?? [], element.initial_options ?? []].flat();
  return initial.every((option) => known.has(asChosen(option)))
    ? []
    : [{ pointer, message: 'failed to match the initial option with the available options' }];
};

function asChosen(option: unknown): string {
  return isObject(option) && isObject(option.text) ? JSON.stringify([option.value, option.text.text]) : '';
}
