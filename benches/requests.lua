-- The requests of benches/run, for wrk. After "--" come pairs of a name and a value:
--   method=GET or POST, keys=Basic credentials in base64
--   people=N   POSTs create links of so many people, one after the other
--   count=N    no more requests after so many answers, and a line on stderr
--   pause=MS   each connection waits before its next request, for that long in the mean
-- The last line that it writes is JSON.

local sent, answered, count, pause = 0, 0, 0, 0
local ready = {}
local one_request

local VOWELS, CONSONANTS = "AEIOU", "BCDFGHJKLMNPQRSTVWXYZ"

local function letter(letters, number)
  local place = number % #letters + 1
  return letters:sub(place, place)
end

-- A CURP that nobody checks the last digit of. Each number gives another one.
local function curp(number)
  local rest = math.floor(number / 21)
  local first, second = letter(CONSONANTS, number), letter(CONSONANTS, rest)
  rest = math.floor(rest / 21)
  local third, vowel = letter(CONSONANTS, rest), letter(VOWELS, number)
  rest = math.floor(rest / 21)
  local born = string.format("%02d%02d%02d", 60 + rest % 40, 1 + number % 12, 1 + number % 28)
  return first .. vowel .. second .. third .. born .. letter("HM", number) .. "DF"
    .. letter(CONSONANTS, number + 3) .. second .. third .. "0" .. (number % 10)
end

local function link(number)
  return string.format('{"institution":"planet_mx_employment","username":"%s","access_mode":"single",'
    .. '"fetch_resources":["EMPLOYMENT_RECORDS"],"external_id":"user-%d"}', curp(number), number)
end

function init(arguments)
  local options = {}
  for _, pair in ipairs(arguments) do
    local name, value = pair:match("^(%w+)=(.*)$")
    options[name] = value
  end
  wrk.headers["Authorization"] = "Basic " .. options.keys
  if options.method == "POST" then
    wrk.headers["Content-Type"] = "application/json"
  end
  local people = tonumber(options.people or 0)
  if people > 0 then
    one_request = function(number) return wrk.format("POST", nil, nil, link(number % people)) end
  else
    local same = wrk.format(options.method, nil, nil, options.body)
    one_request = function() return same end
  end
  -- Requests that are made once cost the generator nothing later.
  for number = 0, math.min(people, 2000) - 1 do ready[number] = one_request(number) end
  count, pause = tonumber(options.count or 0), tonumber(options.pause or 0)
  -- wrk reads answers and asks for pauses only where these functions are there.
  if count > 0 then response = note_answer end
  if pause > 0 then delay = draw_pause end
  people_count = people
end

function request()
  local number = sent
  sent = sent + 1
  if people_count > 0 and people_count <= 2000 then return ready[number % people_count] end
  return one_request(number)
end

function note_answer()
  answered = answered + 1
  if answered == count then
    io.stderr:write("all\n")
    wrk.thread:stop()
  end
end

function draw_pause()
  local whole = math.floor(pause)
  return whole + (math.random() < pause - whole and 1 or 0)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.6f,"p50_us":%.1f,"p99_us":%.1f,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
