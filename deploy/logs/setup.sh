#!/usr/bin/env bash
# Prepares Elasticsearch and Kibana for the logs: lifecycle, index template, data view, saved searches. Can be run again.
#
#   ELASTICSEARCH_URL   default http://localhost:9200
#   KIBANA_URL          default http://localhost:5601, waited for; empty: only Elasticsearch is prepared
#   KIBANA_WAIT_S       how long Kibana may take to start, seconds; default 300
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
elasticsearch=${ELASTICSEARCH_URL:-http://localhost:9200}
kibana=${KIBANA_URL-http://localhost:5601}

# request <method> <url> <argument of curl...>: prints the reply; one that is no success ends the script, with what it said
request() {
  local reply status
  reply=$(curl --silent --show-error --max-time 60 --write-out '\n%{http_code}' --request "$1" "$2" "${@:3}")
  status=${reply##*$'\n'}
  reply=${reply%$'\n'*}
  if [[ $status != 2* ]]; then
    echo "$1 $2 answered $status: $reply" >&2
    return 1
  fi
  printf '%s\n' "$reply"
}

put() {
  echo "PUT $1"
  request PUT "$elasticsearch/$1" --header 'Content-Type: application/json' --data-binary "@$2" >/dev/null
}

# A distribution without lifecycles does not know the setting either, and the template does without it.
if curl --silent --fail --max-time 60 --output /dev/null "$elasticsearch/_ilm/policy"; then
  put _ilm/policy/penstock-logs lifecycle.json
  put _component_template/penstock-logs-lifecycle lifecycle-template.json
else
  echo 'Elasticsearch without index lifecycles: indices stay until somebody deletes them'
fi
put _index_template/penstock-logs index-template.json

if [[ -z $kibana ]]; then
  echo 'KIBANA_URL is empty: no data view and no saved searches'
  exit 0
fi
until curl --silent --fail --max-time 10 --output /dev/null "$kibana/api/status"; do
  if ((SECONDS > ${KIBANA_WAIT_S:-300})); then
    echo "Kibana at $kibana is not ready" >&2
    exit 1
  fi
  sleep 2
done
echo 'POST saved objects'
reply=$(request POST "$kibana/api/saved_objects/_import?overwrite=true" --header 'kbn-xsrf: true' --form file=@kibana.ndjson)
# 200 also where single objects were refused.
if [[ $reply != *'"success":true'* ]]; then
  echo "Kibana did not take all saved objects: $reply" >&2
  exit 1
fi
