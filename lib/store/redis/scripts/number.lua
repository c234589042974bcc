--[[
Gives a writer the number of its next batch. It asks when the batch is made and before it is sent: whoever holds a number
holds the same batch, also if it is two processes that were resumed from one image meanwhile.

ARGV  1  writer
      2  the last of its batches that was applied, as far as it knows; 0: none
Returns {writer, number, '1' if another process has applied batches of this writer} | {'behind', last batch that was applied}
Complexity O(1).

A writer that is not alone gets an id of its own. So does one whose earlier question was answered without it knowing.
]]
local WRITERS_KEPT = 10000
local PRUNED_AT_ONCE = 10

local writers, seen = key_named('writers'), key_named('seen')
local writer, last = ARGV[1], tonumber(ARGV[2])
local applied, issued = numbers_of(writer)
local is_copy = applied and applied > last

if (applied or 0) < last then
  await_restoration()
  return {'behind', digits(applied or 0)}
end
note_group()
local now = clock()
if issued and issued > last then
  redis.call('HSET', writers, writer, digits(applied) .. ':' .. digits(issued + 1))
  writer, last, applied = writer .. '.' .. digits(now) .. '.' .. digits(issued), 0, nil
end
redis.call('HSET', writers, writer, digits(last) .. ':' .. digits(last + 1))
if not applied then
  -- By rank, not by age: a clock that is set forward makes nobody old.
  local latest = redis.call('ZREVRANGE', seen, 0, 0, 'WITHSCORES')[2]
  redis.call('ZADD', seen, digits(math.max(now, tonumber(latest or 0))), writer)
  if redis.call('ZCARD', seen) > WRITERS_KEPT then
    for _, old in ipairs(redis.call('ZRANGE', seen, 0, PRUNED_AT_ONCE - 1)) do
      redis.call('HDEL', writers, old)
      redis.call('ZREM', seen, old)
    end
  end
end
return {writer, digits(last + 1), is_copy and '1' or '0'}
