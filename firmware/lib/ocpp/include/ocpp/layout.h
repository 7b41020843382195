// Where everything lies in the non-volatile memory: an FRAM of 64 KiB. A part of 32 KiB has the
// first half of it: it does without firmware management, logs and security.
#pragma once

#include "ocpp/sizes.h"
#include "store/record.h"

namespace evse::ocpp {

// Bytes of the data of each record.
constexpr int kNumbersBytes = 1 + 8 + 4 * 32;            // configuration: layout, set, values
constexpr int kListBytes = 2 + kListValue;               // one list of the configuration
constexpr int kSecretBytes = 1 + kKeyBytes;              // AuthorizationKey
constexpr int kStateBytes = 2;                           // availability; why it was reset
constexpr int kHeadBytes = 4 + 8 + 8 * kConnectors + 1;  // of the journal
constexpr int kTagEntryBytes = 1 + 2 * (kTag + 1) + 8;   // of the list and of the cache
constexpr int kListHeadBytes = 4 + 1 + 1;
constexpr int kReservationBytes = 1 + 4 + 1 + 2 * (kTag + 1) + 8;
constexpr int kProfileBytes = 1 + 1 + 8 + 4 + 4 + 4 + 3 + 8 + 8 + 8 + 4 + 4 + 1 + kPeriods * 9;
constexpr int kSlotBytes = 112;  // of the journal, with its checksum
constexpr int kLists = 5;
constexpr int kProgressBytes = 1 + 1 + 1 + 4;  // of one job
constexpr int kProgresses = 4;
constexpr int kFirmwareOrderBytes = 1 + 1 + 1 + 4 + 8 + 8 + 4 + 4 + 1 + 4;
constexpr int kFirmwareSourceBytes = 2 + kLocation + 2 + kSignerKey + 2 + kSignature;
constexpr int kLogOrderBytes = 1 + 1 + 4 + 8 + 8 + 8 + 4 + 4 + 4;
constexpr int kLogLocationBytes = 2 + kLocation;
constexpr int kSecurityHeadBytes = 4 + 1 + 1;
constexpr int kSecurityEntryBytes = 4 + 8 + 1 + (1 + kTechInfo) + 4;
constexpr int kNameBytes = 1 + (1 + kName);
constexpr int kProfileStateBytes = 1;

constexpr int kFramHalf = 32 * 1024;
constexpr int kFramBytes = 2 * kFramHalf;
// The charging processes have the first kilobyte.
constexpr int kNumbersAt = 1024;
constexpr int kListsAt = kNumbersAt + store::Record::bytes(kNumbersBytes);
constexpr int kSecretAt = kListsAt + kLists * store::Record::bytes(kListBytes);
constexpr int kStateAt = kSecretAt + store::Record::bytes(kSecretBytes);
constexpr int kHeadAt = kStateAt + store::Record::bytes(kStateBytes);
constexpr int kCacheAt = kHeadAt + store::Record::bytes(kHeadBytes);
constexpr int kCacheSlotBytes = kTagEntryBytes + 4 + 4;  // with age and checksum
constexpr int kListHeadAt = kCacheAt + kCacheTags * kCacheSlotBytes;
constexpr int kListAt = kListHeadAt + store::Record::bytes(kListHeadBytes);
constexpr int kReservationsAt = kListAt + 2 * kListTags * kTagEntryBytes;
constexpr int kProfilesAt = kReservationsAt + kReservations * store::Record::bytes(kReservationBytes);
constexpr int kJournalAt = kProfilesAt + kProfiles * store::Record::bytes(kProfileBytes);
constexpr int kJournalSlots = (kFramHalf - kJournalAt) / kSlotBytes;
// The second half.
constexpr int kProgressAt = kFramHalf;
constexpr int kFirmwareOrderAt = kProgressAt + kProgresses * store::Record::bytes(kProgressBytes);
constexpr int kFirmwareSourceAt = kFirmwareOrderAt + store::Record::bytes(kFirmwareOrderBytes);
constexpr int kLogOrderAt = kFirmwareSourceAt + kFirmwareSourceBytes;
constexpr int kLogLocationAt = kLogOrderAt + store::Record::bytes(kLogOrderBytes);
constexpr int kNameAt = kLogLocationAt + kLogLocationBytes;
constexpr int kProfileStateAt = kNameAt + store::Record::bytes(kNameBytes);
constexpr int kSecurityHeadAt = kProfileStateAt + store::Record::bytes(kProfileStateBytes);
constexpr int kSecurityLogAt = kSecurityHeadAt + store::Record::bytes(kSecurityHeadBytes);

static_assert(kProfileBytes <= store::Record::kMaxData, "a profile is one record");
static_assert(kJournalSlots >= 140, "room for a day offline");
// The last byte of each half is the board's, which finds out by them how large its part is.
static_assert(kJournalAt + kJournalSlots * kSlotBytes < kFramHalf, "the journal ends before it");
static_assert(kSecurityLogAt + kSecurityEntries * kSecurityEntryBytes < kFramBytes,
              "and so does the security log");

}  // namespace evse::ocpp
