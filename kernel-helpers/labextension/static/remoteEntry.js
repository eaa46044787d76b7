// JupyterLab's way in: a module-federation container written by hand, so that the extension needs no bundler and no Node to install.
// JupyterLab looks up window._JUPYTERLAB[name], calls init(sharedScope), then get("./extension").
(() => {
  const base = new URL("./", document.currentScript.src).href;
  let scope;

  /** A module that JupyterLab itself runs (its own instance, never a copy), or undefined when this front end lacks it. */
  const shared = async (name) => {
    const versions = Object.values(scope[name] ?? {});
    const chosen = versions.find((version) => version.loaded) ?? versions.at(-1);
    return chosen && (await chosen.get())();
  };

  (window._JUPYTERLAB ??= {}).layerbook = {
    init: (sharedScope) => {
      scope = sharedScope;
    },
    get: async () => {
      const { plugins } = await import(`${base}lib/plugins.js`);
      const module = { __esModule: true, default: await plugins(shared, base) };
      return () => module;
    },
  };
})();
