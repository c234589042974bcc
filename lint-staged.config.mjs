export default {
  '*.{ts,mts,cts,js,mjs,cjs}': ['prettier --write', 'eslint --max-warnings 0 --no-warn-ignored'],
  '!(*.{ts,mts,cts,js,mjs,cjs})': 'prettier --write --ignore-unknown',
};
