export const PROVIDER = 'smart-turn';
