export { kept } from '../kernel/kept.ts';
