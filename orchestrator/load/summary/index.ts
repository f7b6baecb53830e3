export { handleSummaryData, summaryOutputs } from './outputs.ts';
export { saveOutputs } from './save.ts';
