import "./design/tokens.css";
import "@mantine/core/styles.layer.css";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ConnectionsProvider } from "./api/context.tsx";
import { followWorkspace } from "./api/live.ts";
import { openSession } from "./api/session.ts";
import { createUploads } from "./api/uploads.ts";
import { ToastProvider } from "./app/toasts.tsx";
import { createQueries } from "./app/queries.ts";
import { createPageRouter } from "./app/router.tsx";
import { resolveVariables, theme } from "./design/theme.ts";

const session = openSession(window.localStorage, window.location.origin);
const queries = createQueries(session);
const live = followWorkspace(session, queries);
const uploads = createUploads(session);
const router = createPageRouter({ session, queries });

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={resolveVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <ConnectionsProvider value={{ session, live, uploads }}>
          <ToastProvider>
            <RouterProvider router={router} />
          </ToastProvider>
        </ConnectionsProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
