--[[
All that a push begins with, in one call: takes the turn, and if it comes, settles shapes, releases new series, and reads the
ledger, which families there are, and the series of those that share a hash.

ARGV  1  turn: proves whose it is; `read:` before it if the group is only read
      2  time to live of the turn in milliseconds
      3  not if a push took its turn less than so many milliseconds ago; '': in any case
      4  not if a push took its turn after this; '': in any case
      5  when a push took its turn that the caller knows of; 0: it knows of none
      6  after how many milliseconds without a word nobody living has a shape any more
      7  the caller's clock in milliseconds
      8  how long a new series must have been shown at 0 in milliseconds, 0: not at all
      9  weight of series to read at the most (reading.lua)
      10 '1': say when series began
      11 '1': give exemplars
Returns {turn (turn.lua)}, and if it was taken also {what waits (shapes.lua), families that wait for their values (pushing.lua),
families (pushing.lua), for each of them {number of series, what, announced, starts, exemplars (read.lua)} without empty lists at the
end, or {-1}: still to be read,
ledger (pushing.lua), '' or up to when series were made of which it is not known when they began, 1 if values of processes may be lost}
Complexity O(families + shapes of families that have several + series released + series read).
]]
local turn = take_turn(ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]))
if turn[1] == 0 then
  return {turn}
end

-- A family is as much work as this many lines.
local FAMILY_WEIGHT = 4

-- Most families have no more than their content.
local function without_empty(lists)
  for at = #lists, 3, -1 do
    if #lists[at] > 0 then
      break
    end
    lists[at] = nil
  end
  return lists
end

-- Of families that share a hash with others: the rest is for read.lua, and so is what has values of processes.
local function series_of(all, names, marked)
  room, announces = tonumber(ARGV[9]), ARGV[8] ~= '0' and redis.call('EXISTS', key_named('new')) == 1
  local read = {}
  for at, family in ipairs(names) do
    local shape = shape_of(all[at * 2])
    local generation, n, shelf = parts_of(all[at * 2 + 1])
    if n == 0 and room > 0 and shape ~= 'gauge of processes' then
      local is_number = shape == 'counter' or shape == 'gauge'
      local exemplars = ARGV[11] == '1' and marked[family .. ':' .. generation] and exemplars_of(family, generation)
      local reading = begin_reading(family, is_number and 'lines' or 'values', exemplars)
      local series, starts = on_shelf(shelf)
      append(reading, series[family .. ':' .. generation] or {}, starts)
      room = room - FAMILY_WEIGHT
      read[#read + 1] = without_empty({reading.series, reading.content, reading.announced, reading.starts, reading.exemplars})
    else
      read[#read + 1] = {-1}
    end
  end
  return read
end

-- Where starts have been lost, what a push may have shown before has none: another start than before would be taken for a reset. So
-- until a push has gone round all series (end-turn.lua).
local function begin_starts()
  if ARGV[10] ~= '1' then
    show_without_starts()
    return ''
  end
  local noted = redis.call('HGET', STARTED, '#')
  if not noted then
    noted = starts_lost_now()
    redis.call('HSET', STARTED, '#', noted)
  end
  -- A start that lies ahead of Prometheus' clock would be stored late, and what comes until then be counted twice.
  begins, lost_until = packed_time(surely_past(turn[2], ARGV[7])), tonumber(noted)
  return noted
end

local function begin()
  -- What the caller knows of the store has forgotten: it is older than it was.
  local known = tonumber(ARGV[5])
  if turn[3] < known and turn[2] > known then
    await_restoration(known)
  end
  local contested = settle_shapes(tonumber(ARGV[6]), ARGV[7], {})
  if contested.err then
    error(contested)
  end
  local waiting = waiting_families()
  release_new(tonumber(ARGV[8]))
  local all, names, marked = all_families()
  local lost = begin_starts()
  return {turn, contested, waiting, all, series_of(all, names, marked), read_ledger(), lost, redis.call('EXISTS', key_named('parts-lost'))}
end

local is_done, result = pcall(begin)
if is_done then
  return result
end
-- Or nobody could push before it runs out.
redis.pcall('DEL', key_named('turn'))
return redis.error_reply(type(result) == 'table' and result.err or tostring(result))
