/** The foot of the page: what it does with data, and the page as one file to take along. */
import { OFFLINE } from "../offline.js";

/** Only a built page has the file beside it, and the file itself has nothing more to give. */
const hasFile = import.meta.env.PROD && !import.meta.env.VITE_ONE_FILE;

export function Footer() {
  return (
    <footer>
      <p>
        A network trains here, in this tab: nothing is sent anywhere. Built on{" "}
        <a href="https://www.npmjs.com/package/simdgrad">simdgrad</a>.
        {hasFile && (
          <>
            {" "}
            <a href={OFFLINE} download>
              Take the page along as one file
            </a>{" "}
            (4 MB): it opens from a folder or a USB stick, without a connection.
          </>
        )}
      </p>
    </footer>
  );
}
