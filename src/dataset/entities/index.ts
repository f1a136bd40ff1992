export * from './dataset.entity.js';
export * from './image-label.entity.js';
export * from './image.entity.js';
export * from './label.entity.js';
export * from './upload.entity.js';
