-- What wrk sends: one call a request, about 1 KiB, each with an identity of its own so that none is a repeat.
wrk.method = "POST"
wrk.path = "/api/v1/calls"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["X-Api-Key"] = os.getenv("PULT_BENCH_KEY")

local run = os.getenv("PULT_BENCH_RUN")
local sent = 0
local address = string.rep("x", 760)

request = function()
  sent = sent + 1
  local body = string.format(
    '{"calls":[{"source_id":"%s-%d","calls":{"datetime":"2026-01-15T10:%02d:%02d+03:00","result":1,"type_call":2},'
      .. '"telephone":{"number":"+3706%07d"},"operators":{"name":"Operator %d"},'
      .. '"agentstvo":{"name":"Agency %d","adres":"%s"}}]}',
    run, sent, math.floor(sent / 60) % 60, sent % 60, sent % 10000000, sent % 40, sent % 500, address)
  return wrk.format(nil, nil, nil, body)
end
