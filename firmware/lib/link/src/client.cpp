#include "link/client.h"

namespace evse::link {

Next Client::next(Grant& grant) {
  uint8_t type = 0;
  int size = 0;
  if (!frames_.receive(type, size)) return Next::Gone;
  if (type == kPowerCut) return Next::PowerCut;
  const int evses = frames_.evses();
  if (type != kGrant || size != 16 + evses * (kInputsBytes + kCommandBytes)) return Next::Gone;
  const uint8_t* p = frames_.body();
  grant.from_us = get_u64(p);
  grant.until_us = get_u64(p);
  bool valid = true;
  for (int i = 0; i < evses; ++i) {
    valid = decode(p, grant.inputs[i]) && valid;
    valid = decode(p, grant.command[i]) && valid;
  }
  return valid ? Next::Grant : Next::Gone;
}

bool Client::reply(uint64_t tick_us, uint8_t changed, uint32_t revision, const Outputs* outputs,
                   const Report* reports) {
  uint8_t* p = frames_.body();
  put_u64(p, tick_us);
  put_u8(p, changed);
  put_u32(p, revision);
  for (int i = 0; i < frames_.evses(); ++i) {
    encode(p, outputs[i]);
    encode(p, reports[i]);
  }
  return frames_.send(kReply, static_cast<int>(p - frames_.body()));
}

}  // namespace evse::link
