import { texts } from "../../../texts/index.ts";
import { boundFormat } from "./bound-format.ts";
import type { ProfiledColumn } from "./column-profile.tsx";
import classes from "./profile.module.css";

const words = texts.data.profile;
const width = 240;
const height = 72;
const gap = 1.5;

interface HistogramProps {
  readonly profile: ProfiledColumn;
  readonly histogram: NonNullable<ProfiledColumn["histogram"]>;
}

/** How the values spread; each bar says its range and count. */
export function Histogram({ profile, histogram }: HistogramProps) {
  const { name, type } = profile;
  const most = Math.max(...histogram.map(({ count }) => count));
  const step = width / histogram.length;
  const label = boundFormat(name, type);
  const [first, last] = [histogram[0], histogram.at(-1)];
  return (
    <figure className={classes.histogram}>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={words.histogram(name, histogram.length)}>
        {histogram.map(({ low, high, count }, index) => {
          // What is there can be seen, however little it is.
          const tall = count === 0 ? 0 : Math.max(1.5, (count / most) * height);
          return (
            <g key={String(low)} className={classes.bucket}>
              <rect x={index * step} y={0} width={step} height={height} fill="transparent" />
              <rect x={index * step} y={height - tall} width={Math.max(1, step - gap)} height={tall} rx={1} className={classes.column} />
              <title>{words.bucket(label(low), label(high), count)}</title>
            </g>
          );
        })}
      </svg>
      <figcaption className={classes.ends}>
        <span>{first && label(first.low)}</span>
        <span>{last && label(last.high)}</span>
      </figcaption>
    </figure>
  );
}
