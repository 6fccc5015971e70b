import { cloneElement, type ComponentType, type ReactElement, Suspense, useState } from "react";

interface OnDemandProps {
  readonly button: ReactElement<{ onClick?: () => void }>;
  /** Stands around the button and is open at first; a lazy component. */
  readonly menu: ComponentType<{ readonly children: OnDemandProps["button"] }>;
}

/** A button whose menu is loaded when it is first pressed: pages come sooner without what few of them need. */
export function OnDemand({ button, menu: Opened }: OnDemandProps) {
  const [isWanted, setIsWanted] = useState(false);
  if (!isWanted) return cloneElement(button, { onClick: () => setIsWanted(true) });
  return (
    <Suspense fallback={button}>
      <Opened>{button}</Opened>
    </Suspense>
  );
}
