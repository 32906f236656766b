-- What wrk sends: one signed event a request, about 1 KiB, each with an identity of its own so that none is a repeat. HMAC is
-- too slow for Lua, so the signatures were made beforehand and lie in a file, 64 characters each, in the order of the events.
-- The body must be spelled here as `load.rs` spells it there.
local from = tonumber(os.getenv("PULT_BENCH_FROM"))
local stamp = os.getenv("PULT_BENCH_STAMP")
local file = assert(io.open(os.getenv("PULT_BENCH_SIGNATURES"), "rb"))
local signatures = file:read("*a")
file:close()

local filler = string.rep("x", 920)
local head = "POST /hooks/telephony HTTP/1.1\r\nHost: pult\r\nContent-Type: application/json\r\nX-Pult-Timestamp: " .. stamp
  .. "\r\nX-Pult-Signature: sha256="
local last = math.min(#signatures / 64, tonumber(os.getenv("PULT_BENCH_TO")))
local sent = from

request = function()
  if sent >= last then
    -- An event that is not signed is refused, and a refusal spoils the run: the file was too short.
    return "POST /hooks/telephony HTTP/1.1\r\nHost: pult\r\nContent-Length: 0\r\n\r\n"
  end
  local n = sent
  sent = sent + 1
  local body = string.format(
    '{"event":"newcall","event_id":"bench-%08d","ani":"+3706%07d","curator_id":"operator-%03d","theme":"%s"}',
    n, n % 10000000, n % 300, filler)
  return head .. string.sub(signatures, n * 64 + 1, n * 64 + 64) .. "\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end
