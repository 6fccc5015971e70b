export { openSeat, type Seat, settle, showView } from "./pages.ts";
export { type Account, type Scene, setScene } from "./scene.ts";
export { type View, views } from "./views.ts";
