/** `simdgrad/report`: a table model as an HTML page. No logic. */
export { type HtmlReportOptions, htmlReport } from "./htmlReport.js";
