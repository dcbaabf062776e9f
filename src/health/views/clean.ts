export { plainLine as clean } from '../../kernel/plain.ts';
