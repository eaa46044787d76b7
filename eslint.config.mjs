// Lint rules: typescript-eslint's type-aware set for TypeScript, the plain recommended set for scripts and the JupyterLab extension.
import tseslint from "typescript-eslint";

const node = Object.fromEntries(
  "process console Buffer URL URLSearchParams TextEncoder TextDecoder AbortSignal AbortController setTimeout clearTimeout setInterval clearInterval setImmediate fetch performance structuredClone"
    .split(" ")
    .map((name) => [name, "readonly"]),
);
const browser = Object.fromEntries(
  "window document URL fetch requestAnimationFrame setTimeout clearTimeout HTMLElement Element Node MutationObserver ResizeObserver console getComputedStyle CustomEvent"
    .split(" ")
    .map((name) => [name, "readonly"]),
);

export default tseslint.config(
  {
    ignores: [
      "**/node_modules/**",
      "**/dist/**",
      ".layerbook-env/**",
      "learn/**",
      "test-results/**",
      "coverage/**",
      "test/**/input/**",
      "test/**/output/**",
      "site/**",
    ],
  },
  {
    files: ["kernel-helpers/src/**/*.ts", "test/**/*.ts"],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        // Pages know a browser's names, which the rest must not.
        project: ["./tsconfig.json", "./kernel-helpers/src/site/tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      // An async function without await is how an interface of promises is met by something that happens to be at hand.
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-misused-promises": [
        "error",
        { checksVoidReturn: { attributes: false, arguments: false } },
      ],
      "@typescript-eslint/no-empty-object-type": "off",
      // Interfaces write their members as methods and are met by closures: there is no `this` to lose.
      "@typescript-eslint/unbound-method": "off",
      // Fields of other people's JSON are made text on purpose, whatever they are.
      "@typescript-eslint/no-base-to-string": "off",
      eqeqeq: ["error", "smart"],
      "prefer-const": "error",
      "no-console": "off",
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // Tests read JSON of other tools.
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      // mocha's `this.timeout()` and chained assertions.
      "@typescript-eslint/no-unused-expressions": "off",
    },
  },
  {
    files: ["**/*.mjs", "**/*.cjs", "kernel-helpers/labextension/**/*.js"],
    extends: [tseslint.configs.base],
    languageOptions: { globals: node },
    rules: {
      "no-undef": "error",
      "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "prefer-const": "error",
      eqeqeq: ["error", "smart"],
    },
  },
  {
    files: ["**/*.cjs"],
    languageOptions: {
      sourceType: "commonjs",
      globals: { require: "readonly", module: "writable", exports: "writable", __dirname: "readonly" },
    },
  },
  {
    files: ["kernel-helpers/labextension/**/*.js"],
    languageOptions: { globals: browser },
  },
);
