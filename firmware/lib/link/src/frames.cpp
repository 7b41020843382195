#include "link/frames.h"

namespace evse::link {

namespace {

constexpr uint32_t kMagic = 0x4C535645u;  // EVSL
constexpr int kHelloBytes = 32;
constexpr int kWelcomeBytes = 20;
constexpr int kRefusedBytes = 160;

}  // namespace

bool Frames::send(uint8_t type, int size) {
  uint8_t* p = frame_;
  put_u8(p, type);
  put_u8(p, static_cast<uint8_t>(evses_));
  put_u16(p, static_cast<uint16_t>(size));
  return stream_.write(frame_, kHeaderBytes + size);
}

bool Frames::receive(uint8_t& type, int& size) {
  if (!stream_.read(frame_, kHeaderBytes)) return false;
  const uint8_t* p = frame_;
  type = get_u8(p);
  get_u8(p);
  size = get_u16(p);
  return size <= most_ && stream_.read(frame_ + kHeaderBytes, size);
}

bool Frames::greet(const char* name, Welcome& welcome) {
  uint8_t* p = body();
  put_u32(p, kMagic);
  put_u16(p, kLinkVersion);
  put_u16(p, kPinsVersion);
  put_u32(p, kLayoutCrc);
  char padded[20]{};
  for (int i = 0; i < 20 && name[i] != '\0'; ++i) padded[i] = name[i];
  put_text(p, padded);
  uint8_t type = 0;
  int size = 0;
  if (!send(kHello, kHelloBytes) || !receive(type, size)) return false;
  const uint8_t* q = body();
  if (type == kRefused && size == kRefusedBytes) {
    for (int i = 0; i < kRefusedBytes; ++i) refusal_[i] = static_cast<char>(*q++);
    return false;
  }
  if (type != kWelcome || size != kWelcomeBytes + evses_ * (kHardwareBytes + 8)) return false;
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

}  // namespace evse::link
