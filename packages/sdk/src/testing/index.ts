export { createEngine } from '@query2label/engine';
