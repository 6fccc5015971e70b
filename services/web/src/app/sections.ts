/** First parts of the page's addresses: below each of them the gateway answers with the page. */
export const sections = ["sign-in", "ask", "data", "rivers", "runs", "sql", "usage", "settings", "about"] as const;
