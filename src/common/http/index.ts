export { discardRest } from './discard-rest.js';
