/** Made by playground/vite.config.ts. */
declare module "virtual:mnist-sample" {
  /** Base64 of all labels, then all images of 28 × 28 bytes. */
  const text: string;
  export default text;
}
