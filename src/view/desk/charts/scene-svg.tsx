/** A scene as SVG. Colours come from the style sheet, so that it follows the theme without being drawn again. */
import { memo, useId } from 'react';
import { HATCH_STEP, LABEL_SIZE, type Mark, type Scene, tenth } from './scene.ts';

const colour = (name: string): string => `var(--${name})`;

function MarkShape({ mark, hatch }: { readonly mark: Mark; readonly hatch: (name: string) => string }) {
  switch (mark.kind) {
    case 'rect':
      return (
        <rect
          x={tenth(mark.x)}
          y={tenth(mark.y)}
          width={tenth(Math.max(0, mark.width))}
          height={tenth(Math.max(0, mark.height))}
          fill={mark.isHatched ? hatch(mark.fill) : colour(mark.fill)}
          {...(mark.isHatched ? { stroke: colour(mark.fill), strokeWidth: 1 } : {})}
          opacity={mark.opacity}
        />
      );
    case 'line':
      return (
        <line
          x1={tenth(mark.x1)}
          y1={tenth(mark.y1)}
          x2={tenth(mark.x2)}
          y2={tenth(mark.y2)}
          stroke={colour(mark.stroke)}
          {...(mark.isDashed ? { strokeDasharray: '3 3' } : {})}
        />
      );
    case 'text':
      return (
        <text
          x={tenth(mark.x)}
          y={tenth(mark.y)}
          fill={colour(mark.fill)}
          fontSize={mark.size ?? LABEL_SIZE}
          textAnchor={mark.anchor ?? 'start'}
          fontWeight={mark.isStrong ? 650 : 400}
        >
          {mark.text}
        </text>
      );
    case 'path':
      return (
        <path
          d={mark.d}
          fill={mark.fill ? colour(mark.fill) : 'none'}
          stroke={mark.stroke ? colour(mark.stroke) : 'none'}
          strokeWidth={mark.strokeWidth}
          opacity={mark.opacity}
        />
      );
  }
}

/** Drawn again only when the scene is another one. */
export const SceneSvg = memo(function SceneSvg({ scene }: { readonly scene: Scene }) {
  const id = useId();
  const hatched = [...new Set(scene.marks.flatMap((mark) => (mark.kind === 'rect' && mark.isHatched ? [mark.fill] : [])))];
  const hatch = (name: string): string => `url(#${id}${name})`;
  return (
    <svg width={scene.width} height={scene.height} aria-hidden="true" focusable="false">
      {hatched.length > 0 && (
        <defs>
          {hatched.map((name) => (
            <pattern
              key={name}
              id={`${id}${name}`}
              width={HATCH_STEP}
              height={HATCH_STEP}
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <rect width={1.4} height={HATCH_STEP} fill={colour(name)} />
            </pattern>
          ))}
        </defs>
      )}
      {scene.marks.map((mark, index) => (
        // Marks have no identity beyond their place in the list.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <MarkShape key={index} mark={mark} hatch={hatch} />
      ))}
    </svg>
  );
});
