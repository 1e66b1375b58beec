// A form whose answer changes as it is filled in. `url` is the file of a table model.
import { useEffect, useRef, useState } from "react";

export function Form({ url, fields }) {
  const [row, setRow] = useState({});
  const [state, setState] = useState({});
  const worker = useRef(null);
  const last = useRef(0);

  useEffect(() => {
    worker.current = new Worker(new URL("./predictor.js", import.meta.url), { type: "module" });
    worker.current.onmessage = ({ data }) => data.id === last.current && setState(data);
    return () => worker.current.terminate();
  }, []);

  useEffect(() => {
    last.current += 1;
    worker.current.postMessage({ id: last.current, url, row });
  }, [url, row]);

  const { answer, error } = state;
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      {fields.map((name) => (
        <label key={name}>
          {name}
          <input name={name} onChange={({ target }) => setRow((old) => ({ ...old, [name]: target.value }))} />
        </label>
      ))}
      <output>{error ?? (answer && `${answer.label ?? answer.value} ${answer.probability?.toFixed(2) ?? ""}`)}</output>
      <ul>
        {answer?.warnings.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
    </form>
  );
}
