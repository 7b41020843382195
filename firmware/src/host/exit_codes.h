// What the host program ends with.
#pragma once

namespace evse::host {

constexpr int kNoLink = 1;
constexpr int kBadUse = 2;  // also of the files in its directory

}  // namespace evse::host
