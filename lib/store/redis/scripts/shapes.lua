--[[
Stands before the scripts that settle which of several shapes of a family is shown, as after a deploy that has changed a
definition: the shape of the old version while a living process has it, then that of the new version. It goes one way, so that two
versions never take turns: a shape that was replaced comes back only when the one that took its place has been nobody's for a day.
]]
local DAY_MS = 24 * 3600 * 1000
local WEEK_MS = 7 * DAY_MS

-- silent_ms: after how long without a word nobody living has a shape any more; nil: only look. defined: families and shapes, one
-- after the other, that the caller has. Returns for each family of which another shape waits: family, shape that is shown, number
-- of those that wait, and of each the shape and '1' if it was replaced; or an error.
local function settle_shapes(silent_ms, callers_clock, defined)
  if call('EXISTS', shapes) == 0 then
    return {}
  end
  local now = clock()
  local past = surely_past(now, callers_clock)
  local only_looks = not silent_ms

  -- The families, and of each what stands in `shapes`.
  local function all_shapes()
    local names, of = {}, {}
    local fields = call('HGETALL', shapes)
    for at = 1, #fields, 2 do
      local name, beside = string.match(fields[at], '^([^@]*)(@.*)$')
      if not of[name] then
        names[#names + 1], of[name] = name, {}
      end
      local said, replaced = string.match(fields[at + 1], '^(%d+):(%d+)$')
      -- The clock was set back: what lies ahead of it counts from now.
      if not only_looks and (tonumber(said) > now or tonumber(replaced) > now) then
        said, replaced = stored_time(said, now), stored_time(replaced, now)
        write_field(shapes, fields[at], digits(said) .. ':' .. digits(replaced), fields[at + 1])
      end
      of[name][#of[name] + 1] = {beside = beside, said = tonumber(said), replaced = tonumber(replaced)}
    end
    table.sort(names)
    return names, of
  end

  -- Of those that wait the one that was somebody's last; one that was replaced only after a day.
  local function successor(shown, others)
    local silent = shown and past - shown.said or math.huge
    local best
    for _, each in ipairs(others) do
      local is_due = silent >= (each.replaced > 0 and DAY_MS or silent_ms)
      if each.stored and is_due and (not best or each.said > best.said) then
        best = each
      end
    end
    return best
  end

  local reply = {}
  local function settle(name, list)
    local stored, shown = call('HGET', families, name), nil
    local others, waiting = {}, {}
    for _, each in ipairs(list) do
      each.stored = call('HGET', families, name .. each.beside)
      if stored and each.beside == beside_of(shape_of(stored)) then
        shown = each
      elseif only_looks or past - each.said <= (each.replaced > 0 and DAY_MS or WEEK_MS) then
        others[#others + 1] = each
      else
        forget_beside(name, each.beside)
        drop_field(shapes, name .. each.beside)
      end
    end
    if #others == 0 then
      if shown and not only_looks then
        drop_field(shapes, name .. shown.beside)
      end
      return
    end
    if stored and not shown and not only_looks then
      note_shape(name, beside_of(shape_of(stored)))
      shown = {said = now}
    end
    local next_shape = not only_looks and successor(shown, others)
    if next_shape then
      show_shape(name, next_shape.beside)
      stored, next_shape.stored = next_shape.stored, nil
    end
    for _, each in ipairs(others) do
      if each.stored then
        waiting[#waiting + 1] = shape_of(each.stored)
        waiting[#waiting + 1] = (each.replaced > 0 or next_shape) and '1' or ''
      end
    end
    if #waiting > 0 then
      for _, each in ipairs({name, stored and shape_of(stored) or '', digits(#waiting / 2), unpack(waiting)}) do
        reply[#reply + 1] = each
      end
    end
  end

  local failure = whole(function()
    for at = 1, #defined, 2 do
      local beside = beside_of(defined[at + 1])
      if call('HEXISTS', shapes, defined[at] .. beside) == 1 then
        note_shape(defined[at], beside)
      end
    end
    local names, of = all_shapes()
    for _, name in ipairs(names) do
      settle(name, of[name])
    end
  end)
  return failure and redis.error_reply(failure) or reply
end
