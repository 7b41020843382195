#include "link/client.h"

namespace evse::link {

namespace {

enum Type : uint8_t { kHello = 1, kWelcome, kRefused, kGrant, kReply, kPowerCut };

constexpr uint32_t kMagic = 0x4C535645u;  // EVSL
constexpr int kRefusedBytes = 160;

}  // namespace

bool Client::send(uint8_t type, int size) {
  uint8_t* p = frame_;
  put_u8(p, type);
  put_u8(p, static_cast<uint8_t>(evses_));
  put_u16(p, static_cast<uint16_t>(size));
  return stream_.write(frame_, kHeaderBytes + size);
}

bool Client::receive(uint8_t& type, int& size) {
  if (!stream_.read(frame_, kHeaderBytes)) return false;
  const uint8_t* p = frame_;
  type = get_u8(p);
  get_u8(p);
  size = get_u16(p);
  return size <= kBodyBytes && stream_.read(frame_ + kHeaderBytes, size);
}

bool Client::greet(const char* name, Welcome& welcome) {
  uint8_t* p = frame_ + kHeaderBytes;
  put_u32(p, kMagic);
  put_u16(p, kLinkVersion);
  put_u16(p, kPinsVersion);
  put_u32(p, kLayoutCrc);
  char padded[20]{};
  for (int i = 0; i < 20 && name[i] != '\0'; ++i) padded[i] = name[i];
  put_text(p, padded);
  uint8_t type = 0;
  int size = 0;
  if (!send(kHello, 32) || !receive(type, size)) return false;
  const uint8_t* q = frame_ + kHeaderBytes;
  if (type == kRefused && size == kRefusedBytes) {
    for (int i = 0; i < kRefusedBytes; ++i) refusal_[i] = static_cast<char>(*q++);
    return false;
  }
  if (type != kWelcome || size != 20 + evses_ * (kHardwareBytes + 8)) return false;
  q += 8;  // The versions: the twin has compared them.
  welcome.now_us = get_u64(q);
  welcome.phase_us = get_u32(q);
  bool valid = true;
  for (int i = 0; i < evses_; ++i) {
    valid = decode(q, welcome.hardware[i]) && valid;
    welcome.register_mwh[i] = get_i64(q);
  }
  return valid;
}

Next Client::next(Grant& grant) {
  uint8_t type = 0;
  int size = 0;
  if (!receive(type, size)) return Next::Gone;
  if (type == kPowerCut) return Next::PowerCut;
  if (type != kGrant || size != 16 + evses_ * (kInputsBytes + kCommandBytes)) return Next::Gone;
  const uint8_t* p = frame_ + kHeaderBytes;
  grant.from_us = get_u64(p);
  grant.until_us = get_u64(p);
  bool valid = true;
  for (int i = 0; i < evses_; ++i) {
    valid = decode(p, grant.inputs[i]) && valid;
    valid = decode(p, grant.command[i]) && valid;
  }
  return valid ? Next::Grant : Next::Gone;
}

bool Client::reply(uint64_t tick_us, uint8_t changed, uint32_t revision, const Outputs* outputs,
                   const Report* reports) {
  uint8_t* p = frame_ + kHeaderBytes;
  put_u64(p, tick_us);
  put_u8(p, changed);
  put_u32(p, revision);
  for (int i = 0; i < evses_; ++i) {
    encode(p, outputs[i]);
    encode(p, reports[i]);
  }
  return send(kReply, static_cast<int>(p - frame_) - kHeaderBytes);
}

}  // namespace evse::link
