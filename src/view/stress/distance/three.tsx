/** Three distances side by side: each market alone, all by beta, the shortest shock with its shape. */
import type { StressModelView, StressOutcome, StressPoolDistances, StressReach } from '../../../store/types.ts';
import { shortReason } from '../../format/words.ts';
import { chanceText, moveText, shareText, sigmaText } from '../figures.ts';
import { Scroll } from '../warning/scroll.tsx';
import styles from '../warning/warning.module.css';

interface ThreeProps {
  readonly pool: StressPoolDistances;
  readonly model: StressModelView;
}

export function ThreeDistances({ pool, model }: ThreeProps) {
  return (
    <div className={styles.columns}>
      <section className={styles.part} aria-label="Each market alone">
        <h3>Each market alone</h3>
        <Reaches
          rows={pool.alone.flatMap(({ market, fall, rise }) => [[`${market} falls`, fall] as const, [`${market} rises`, rise] as const])}
        />
        <p className={styles.note}>The others stand still. σ is the market’s own.</p>
      </section>
      <section className={styles.part} aria-label="All markets by beta">
        <h3>All markets, by beta to {model.reference}</h3>
        <Reaches
          rows={[
            [`${model.reference} falls`, pool.together.fall],
            [`${model.reference} rises`, pool.together.rise],
          ]}
        />
        <p className={styles.note}>
          Beta: {model.markets.map(({ market, beta }) => `${market} ${Number.isNaN(beta) ? 'not known' : beta.toFixed(2)}`).join(', ')}.
        </p>
      </section>
      <Shortest shortest={pool.shortest} />
    </div>
  );
}

function Reaches({ rows }: { readonly rows: readonly (readonly [name: string, reach: StressOutcome<StressReach>])[] }) {
  const known = rows.filter(([, reach]) => reach.ok || reach.reason !== 'never');
  if (known.length === 0) return <p className={styles.note}>No such move reaches the line.</p>;
  return (
    <Scroll>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Move</th>
            <th scope="col" data-number>
              To the line
            </th>
            <th scope="col" data-number>
              Distance
            </th>
            <th scope="col" data-number>
              Within 24 h
            </th>
          </tr>
        </thead>
        <tbody>
          {known.map(([name, reach]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {reach.ok ? (
                <>
                  <td data-number data-move={reach.value.move}>
                    {moveText(reach.value.move)}
                  </td>
                  <td data-number data-sigmas={reach.value.sigmas}>
                    {sigmaText(reach.value.sigmas)}
                  </td>
                  <td data-number>{chanceText(reach.value.probability24h)}</td>
                </>
              ) : (
                <td colSpan={3} data-none>
                  {shortReason(reach.reason)}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Shortest({ shortest }: Pick<StressPoolDistances, 'shortest'>) {
  return (
    <section className={styles.part} aria-label="Shortest shock">
      <h3>Shortest shock</h3>
      {shortest.ok ? (
        <>
          <p className={styles.finding} data-distance={shortest.value.distance}>
            {sigmaText(shortest.value.distance)}, {chanceText(shortest.value.probability24h)} within 24 h
          </p>
          <Scroll>
            <table className={styles.table}>
              <thead>
                <tr>
                  <th scope="col">Market</th>
                  <th scope="col" data-number>
                    Moves
                  </th>
                  <th scope="col" data-number>
                    Share of the risk
                  </th>
                </tr>
              </thead>
              <tbody>
                {[...shortest.value.legs]
                  .sort((a, b) => b.share - a.share)
                  .map(({ market, move, share }) => (
                    <tr key={market}>
                      <th scope="row">{market}</th>
                      <td data-number>{moveText(move)}</td>
                      <td data-number>{shareText(share)}</td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </Scroll>
          <p className={styles.note}>
            {shortest.value.isProved
              ? 'Proved: no nearer move of these markets reaches the line.'
              : shortest.value.atLeast > 0
                ? `Found, not proved: what is proved is that nothing nearer than ${sigmaText(shortest.value.atLeast)} reaches the line.`
                : 'Found, not proved: a nearer one is not excluded.'}{' '}
            A share below zero is a hedge.
          </p>
        </>
      ) : (
        <p className={styles.note}>
          {shortest.reason === 'already' ? 'The pool is past its line.' : `None: ${shortReason(shortest.reason)}.`}
        </p>
      )}
    </section>
  );
}
