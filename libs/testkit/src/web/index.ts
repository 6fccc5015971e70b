export { type Account, type Scene, setScene } from "./scene.ts";
export { type View, views } from "./views.ts";
