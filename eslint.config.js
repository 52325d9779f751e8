import tseslint from "typescript-eslint";
import eslint from "@eslint/js";

export default tseslint.config(
  { ignores: ["dist/", "var/", "node_modules/", "content-packages/**/*.js"] },
  eslint.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^(_|Config$)" }],
      "@typescript-eslint/no-empty-object-type": ["error", { allowInterfaces: "with-single-extends" }],
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/no-unnecessary-type-assertion": "off",
      "@typescript-eslint/require-await": "off",
      "no-console": "error",
    },
  },
  { files: ["test/**", "plugins/*/test.ts", "plugins/*/*.test.ts"], rules: { "@typescript-eslint/no-unused-expressions": "off", "no-console": "off" } },
  { files: ["test/contract.types.ts"], rules: { "@typescript-eslint/no-unsafe-call": "off", "@typescript-eslint/consistent-type-imports": "off" } },
  { files: ["**/*.js"], ...tseslint.configs.disableTypeChecked },
);
