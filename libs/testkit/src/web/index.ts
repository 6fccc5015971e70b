export { type Bundle, measureBundle } from "./bundle.ts";
export { openSeat, type Seat, type SeatOptions, settle, showView } from "./pages.ts";
export { type Account, openAccount, type Scene, setScene } from "./scene.ts";
export { findUnspoken } from "./spoken.ts";
export { openStage, type Stage } from "./stage.ts";
export { type View, views } from "./views.ts";
