/** Requests in OTLP/JSON that use every field there is, as the encoder of OTLP/JSON writes them: no zeros, 64-bit integers as text. */

const attributes = [
  { key: 'text', value: { stringValue: '注文 "é"' } },
  { key: 'yes', value: { boolValue: true } },
  { key: 'no', value: { boolValue: false } },
  { key: 'big', value: { intValue: '-9223372036854775808' } },
  { key: 'zero', value: { intValue: '0' } },
  { key: 'half', value: { doubleValue: 0.5 } },
  { key: 'endless', value: { doubleValue: '-Infinity' } },
  { key: 'bytes', value: { bytesValue: '/+8=' } },
  { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '2' }] } } },
  {
    key: 'map',
    value: { kvlistValue: { values: [{ key: 'traceId', value: { stringValue: 'not-hex' } }] } },
  },
  { key: 'nothing', value: {} },
];
const resource = {
  attributes: [{ key: 'service.name', value: { stringValue: 'cart' } }],
  droppedAttributesCount: 3,
  entityRefs: [{ schemaUrl: 's', type: 'service', idKeys: ['service.name'], descriptionKeys: ['service.version'] }],
};
const scope = { name: 'lib', version: '1.2', attributes: [attributes[0]], droppedAttributesCount: 1 };
const schemaUrl = 'https://opentelemetry.io/schemas/1.44.0';
const traceId = '0123456789abcdef0123456789abcdef';
const spanId = 'fedcba9876543210';
const start = '1767600000000000001';
const end = '1767600000000000999';

export const richTraces = {
  resourceSpans: [
    {
      resource,
      schemaUrl,
      scopeSpans: [
        {
          scope,
          schemaUrl,
          spans: [
            {
              traceId,
              spanId,
              parentSpanId: 'aaaaaaaaaaaaaaaa',
              traceState: 'vendor=1',
              flags: 257,
              name: 'POST /orders',
              kind: 2,
              startTimeUnixNano: start,
              endTimeUnixNano: end,
              attributes,
              droppedAttributesCount: 4,
              events: [{ timeUnixNano: start, name: 'exception', attributes, droppedAttributesCount: 5 }],
              droppedEventsCount: 6,
              links: [{ traceId, spanId, traceState: 'l=1', attributes, droppedAttributesCount: 7, flags: 1 }],
              droppedLinksCount: 8,
              status: { message: 'failed', code: 2 },
            },
          ],
        },
      ],
    },
  ],
};

export const richLogs = {
  resourceLogs: [
    {
      resource,
      schemaUrl,
      scopeLogs: [
        {
          scope,
          schemaUrl,
          logRecords: [
            {
              timeUnixNano: start,
              observedTimeUnixNano: end,
              severityNumber: 17,
              severityText: 'ERROR',
              body: { kvlistValue: { values: attributes } },
              attributes,
              droppedAttributesCount: 2,
              flags: 1,
              traceId,
              spanId,
              eventName: 'order.failed',
            },
          ],
        },
      ],
    },
  ],
};

const times = { startTimeUnixNano: start, timeUnixNano: end };
const exemplars = [
  { timeUnixNano: start, asDouble: 0.25, spanId, traceId, filteredAttributes: attributes },
  { timeUnixNano: start, asInt: '-7' },
];
const common = { ...times, attributes, flags: 1 };

export const richMetrics = {
  resourceMetrics: [
    {
      resource,
      schemaUrl,
      scopeMetrics: [
        {
          scope,
          schemaUrl,
          metrics: [
            {
              name: 'g',
              description: 'A gauge',
              unit: 's',
              gauge: { dataPoints: [{ ...common, asDouble: 'NaN', exemplars }] },
            },
            {
              name: 's',
              metadata: [attributes[0]],
              sum: {
                dataPoints: [{ ...common, asInt: '9223372036854775807', exemplars }],
                aggregationTemporality: 2,
                isMonotonic: true,
              },
            },
            {
              name: 'h',
              histogram: {
                dataPoints: [
                  {
                    ...common,
                    count: '18446744073709551615',
                    sum: 0,
                    bucketCounts: ['1', '0', '5'],
                    explicitBounds: [0.5, 'Infinity'],
                    exemplars,
                    min: 0,
                    max: 9.5,
                  },
                ],
                aggregationTemporality: 1,
              },
            },
            {
              name: 'e',
              exponentialHistogram: {
                dataPoints: [
                  {
                    ...common,
                    count: '3',
                    sum: 1.5,
                    scale: -3,
                    zeroCount: '1',
                    positive: { offset: -2, bucketCounts: ['1', '9007199254740993'] },
                    negative: { bucketCounts: ['1'] },
                    exemplars,
                    min: 0,
                    max: 1,
                    zeroThreshold: 0.001,
                  },
                ],
                aggregationTemporality: 2,
              },
            },
            {
              name: 'q',
              summary: {
                dataPoints: [{ ...common, count: '2', sum: 5, quantileValues: [{ quantile: 0.95, value: 4.5 }] }],
              },
            },
          ],
        },
      ],
    },
  ],
};
