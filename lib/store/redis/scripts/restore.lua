--[[
Gives series of a counter that waits for its values from before what Prometheus last saw of them: the larger of that and of what
Redis has still, and what was counted since is added. The same values may come again.

ARGV  1  family
      2  shape
      3  '1': that is all; the family waits no longer
      then for each series: labels, value
Returns 1, or 0 if the family does not wait, or has another shape now
Complexity O(series in the call).
]]
local name, shape, is_last = ARGV[1], ARGV[2], ARGV[3] == '1'
local stored = call('HGET', families, name)
if not stored or shape_of(stored) ~= shape or call('HEXISTS', restore, name) == 0 then
  return 0
end
local since = key_named('since:') .. name

-- Prometheus has seen the series: at 0 it would be a step back.
local function forget_new(labels)
  local id = series_id(name, labels)
  local since_when = call('ZSCORE', key_named('new'), id)
  if since_when then
    call('ZREM', key_named('new'), id)
    undo_by('ZADD', key_named('new'), since_when, id)
  end
end

-- Prometheus knows when it began: we must not tell another time.
local function note_unknown_start(key, field_name)
  local start_name = to_start_name(key)
  local stored = call('HGET', STARTED, start_name)
  local changed = with_start(stored or '', start_hash(field_name), UNKNOWN_START)
  if changed ~= stored then
    write_field(STARTED, start_name, changed, stored)
  end
end

local failure = whole(function()
  open(name)
  for at = 4, #ARGV, 2 do
    local labels, seen = ARGV[at], tonumber(ARGV[at + 1])
    local counted = call('HGET', since, labels) or '0'
    -- A series that was removed meanwhile is not brought back.
    if sub(counted, 1, 1) ~= 'r' then
      forget_new(labels)
      local key, field_name = place(labels, #labels)
      local old = call('HGET', key, field_name)
      local kept = tonumber(old or 0) - tonumber(counted)
      if seen > kept then
        local is_new = write_field(key, field_name, number(tonumber(old or 0) + seen - kept), old)
        note_unknown_start(key, field_name)
        if is_new then
          make_room(key, #labels)
        end
      end
    end
  end
  if is_last then
    drop_field(restore, name)
    unlinked_last[1] = since
  end
end)
return failure and redis.error_reply(failure) or 1
