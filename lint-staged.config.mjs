export default {
  '*.{ts,mts,cts,js,mjs,cjs}': ['prettier --write', 'eslint --max-warnings 0 --no-warn-ignored'],
  // A page that is right by itself may still be linked to wrongly: all are looked at.
  '*.md': ['prettier --write', 'markdownlint-cli2 --no-globs', () => 'npm run --silent lint:links'],
  '!(*.{ts,mts,cts,js,mjs,cjs,md})': 'prettier --write --ignore-unknown',
};
