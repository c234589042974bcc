--[[
Tells whether a batch is still there, and writes to where it was marked: what `WAIT` on this connection then waits for
includes the batch, whichever connection brought it.

ARGV  1  writer
      2  sequence
Returns 1 if the batch is there, 0 if a failover lost it
Complexity O(1).
]]
local last = redis.call('HGET', key_named('writers'), ARGV[1])
if not last or tonumber(last) < tonumber(ARGV[2]) then
  return 0
end
redis.call('HSET', key_named('writers'), ARGV[1], last)
return 1
