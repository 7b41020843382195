// Base64 (RFC 4648 4), as signatures of firmware travel in it.
#pragma once

#include <stdint.h>

namespace evse::ocpp {

// Decodes a text, white space in it left out. The number of bytes, -1: it is none, or longer.
int decode_base64(const char* text, uint8_t* bytes, int capacity);

}  // namespace evse::ocpp
