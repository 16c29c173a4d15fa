export * from './alerts';
export * from './ml-features';
export * from './models';
export * from './operations';
export * from './people';
export * from './rules';
export * from './transactions';
