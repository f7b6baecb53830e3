import protobuf from 'protobufjs';

/**
 * The parts of OTLP 1.x that the store keeps; fields not listed here are skipped on the wire, whatever is in them. With the whole schema
 * (forward/messages.ts) a request would be refused for a link or a scope that nobody here reads.
 * Source: https://github.com/open-telemetry/opentelemetry-proto (trace, logs, metrics, common, resource, collector).
 */
const { root } = protobuf.parse(`
syntax = "proto3";

message AnyValue {
  oneof value {
    string string_value = 1;
    bool bool_value = 2;
    int64 int_value = 3;
    double double_value = 4;
    ArrayValue array_value = 5;
    KeyValueList kvlist_value = 6;
    bytes bytes_value = 7;
  }
}
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
message KeyValue { string key = 1; AnyValue value = 2; }
message Resource { repeated KeyValue attributes = 1; }

message TracesRequest { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message ScopeSpans { repeated Span spans = 2; }
message Span {
  bytes trace_id = 1;
  bytes span_id = 2;
  bytes parent_span_id = 4;
  string name = 5;
  int32 kind = 6;
  fixed64 start_time_unix_nano = 7;
  fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9;
  repeated Event events = 11;
  Status status = 15;
  message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
}
message Status { string message = 2; int32 code = 3; }

message LogsRequest { repeated ResourceLogs resource_logs = 1; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
message ScopeLogs { repeated LogRecord log_records = 2; }
message LogRecord {
  fixed64 time_unix_nano = 1;
  int32 severity_number = 2;
  AnyValue body = 5;
  repeated KeyValue attributes = 6;
  bytes trace_id = 9;
  bytes span_id = 10;
  fixed64 observed_time_unix_nano = 11;
}

message MetricsRequest { repeated ResourceMetrics resource_metrics = 1; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
message ScopeMetrics { repeated Metric metrics = 2; }
message Metric {
  string name = 1;
  string unit = 3;
  oneof data {
    Numbers gauge = 5;
    Numbers sum = 7;
    Histogram histogram = 9;
    ExponentialHistogram exponential_histogram = 10;
    Summary summary = 11;
  }
}
message Numbers { repeated NumberPoint data_points = 1; }
message NumberPoint {
  fixed64 time_unix_nano = 3;
  oneof value { double as_double = 4; sfixed64 as_int = 6; }
  repeated KeyValue attributes = 7;
  uint32 flags = 8;
}
message Histogram { repeated HistogramPoint data_points = 1; }
message HistogramPoint {
  fixed64 time_unix_nano = 3;
  fixed64 count = 4;
  optional double sum = 5;
  repeated KeyValue attributes = 9;
  uint32 flags = 10;
}
message ExponentialHistogram { repeated ExponentialPoint data_points = 1; }
message ExponentialPoint {
  repeated KeyValue attributes = 1;
  fixed64 time_unix_nano = 3;
  fixed64 count = 4;
  optional double sum = 5;
  uint32 flags = 10;
}
message Summary { repeated SummaryPoint data_points = 1; }
message SummaryPoint {
  fixed64 time_unix_nano = 3;
  fixed64 count = 4;
  double sum = 5;
  repeated KeyValue attributes = 7;
  uint32 flags = 8;
}

message Response { PartialSuccess partial_success = 1; }
message PartialSuccess { int64 rejected = 1; string error_message = 2; }
message RpcStatus { int32 code = 1; string message = 2; }
`);

export type RequestType = 'TracesRequest' | 'LogsRequest' | 'MetricsRequest';

/** Decodes a request to the shape of OTLP/JSON, but for byte fields, which are `Uint8Array`; throws on undecodable bytes. */
export function decodeProtobuf(type: RequestType, bytes: Uint8Array): unknown {
  return decodeMessage(type, protobuf.Reader.create(bytes), bytes.length);
}

/** Decodes the message of `length` bytes that is next, as `decodeProtobuf` does. */
export function decodeMessage(
  type: RequestType | 'AnyValue' | 'Resource' | 'Span.Event',
  reader: protobuf.Reader,
  length: number,
): unknown {
  const message = root.lookupType(type);
  return message.toObject(message.decode(reader, length), { longs: String });
}

export type ResponseType = 'Response' | 'RpcStatus';

/** Encodes an answer given with camel-case fields. */
export function encodeProtobuf(type: ResponseType, fields: Record<string, unknown>): Uint8Array {
  const message = root.lookupType(type);
  return message.encode(message.fromObject(fields)).finish();
}
