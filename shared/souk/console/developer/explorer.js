// Starts GraphiQL. The access token stays in this closure: it is taken out of the page, and stored nowhere.
"use strict";
(() => {
  const place = document.getElementById("explorer");
  const token = place.dataset.token;
  const examples = new Map(JSON.parse(place.dataset.examples).map((one) => [one.id, one]));
  place.removeAttribute("data-token");
  place.removeAttribute("data-examples");

  const welcome = token
    ? "# Choose an example above, or write a query. Ctrl-Space completes names.\n\n{\n  user {\n    name\n  }\n}\n"
    : "# The book icon on the left opens the documentation. Start with a key, or log in, to run queries.\n";
  const fetcher = GraphiQL.createFetcher({
    url: place.dataset.url,
    headers: token ? { Authorization: `Bearer ${token}` } : {},
  });
  const plugins = [GraphiQLPluginExplorer.explorerPlugin()];
  const root = ReactDOM.createRoot(place);

  let schema; // GraphiQL asks the API, which answers only to a token
  let shown = examples.get(place.dataset.example);

  const show = () =>
    root.render(
      React.createElement(GraphiQL, {
        fetcher,
        schema,
        plugins,
        defaultQuery: welcome,
        query: shown ? shown.query : undefined,
        variables: shown ? shown.variables : undefined,
        visiblePlugin: token ? undefined : "Documentation Explorer",
        shouldPersistHeaders: false,
      }),
    );
  if (token) {
    show();
  } else {
    fetch(place.dataset.schema)
      .then((answer) => (answer.ok ? answer.json() : null))
      .catch(() => null)
      .then((introspection) => {
        schema = introspection && (introspection.data || introspection);
        show();
      });
  }

  for (const link of document.querySelectorAll("a[data-example]")) {
    link.addEventListener("click", (event) => {
      const example = examples.get(link.dataset.example);
      if (!example || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      shown = { ...example };
      show();
      place.scrollIntoView();
    });
  }
})();
