/** Only another way to say how the request ended, what took how long, which process or which single request it was. */
export const telling = [
  '^(http\\.response\\.|http\\.status|error\\.|exception\\.|otel\\.|status)',
  '^(telemetry|process)\\.',
  '(^|[._-])(id|ids|uuid|guid|pid|port|time|timestamp|date|duration|elapsed|latency)$',
  '(Id|Ids|Uuid|Port|Time|Timestamp|Duration)$',
  '_(ns|us|ms)$',
].join('|');

/** What instrumentation writes on any span. On the other spans of a trace it says where the request went, not what it was. */
export const technical =
  '^(http|url|server|client|network|net|user_agent|peer|db|rpc|messaging|service|deployment|host|os|container|k8s|code|thread|express)\\.';

/** An attribute with more values than this, or nearly one per request, names single requests. */
export const maxValues = 50;
export const fewValues = 5;

/** A value that fewer of the bad requests have is not what they share; its lift would be chance. */
export const minBadShare = 0.1;
