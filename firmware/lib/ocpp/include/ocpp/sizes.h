// How much of everything there is room for: all of it is laid out at compile time.
//
//   What                               Room     What does not fit
//   ---------------------------------  -------  ------------------------------------------------
//   connectors                         2        -
//   frame in                           12 KiB   CALLERROR InternalError; an answer: as a CALLERROR
//   frame out                          8 KiB    CALLERROR InternalError; transactionData is thinned
//   calls that wait (not transactions) 16       told again where that matters, else an event
//   values of JSON in one frame        512      CALLERROR InternalError
//   transactions not yet told          40       no further one begins
//   journal, records                   145      meter values are dropped, then none begins
//   meter values for transactionData   8        besides begin and end; the first are kept
//   local list, tags                   64       SendLocalList Failed
//   cache, tags                        32       the tag that was learnt longest ago goes
//   reservations                       4        ReserveNow Rejected
//   charging profiles                  8        SetChargingProfile Rejected
//   periods of a profile               20       SetChargingProfile Rejected
//   periods of a composite schedule    100      the answer ends there, and says so by `duration`
//   text of a configuration list       200      ChangeConfiguration Rejected
//   URL of the central system          200      refused when the client is made
//   URL of a file                      512      CALLERROR PropertyConstraintViolation, or Rejected
//   key of who signs firmware          600      SignedUpdateFirmware InvalidCertificate
//   orders of firmware; of logs        1; 1     the next takes its place, see decision 19
//   security log, entries              256      the oldest goes; one that is owed stays, the new not
//   text of a security event           80       it ends there
//   events of an operator in RAM       1.5 KiB  the oldest go
#pragma once

#include <stdint.h>

namespace evse::ocpp {

constexpr int kConnectors = 2;
constexpr int kFrameIn = 12 * 1024;  // a CertificateSigned with its chain of 10,000 has 10.3 KiB
constexpr int kFrameOut = 8 * 1024;
constexpr int kJsonValues = 512;  // a local list of 64 tags, all that is said of each, has 388
constexpr int kCallsWaiting = 16;
constexpr int kNesting = 8;  // of JSON; SetChargingProfile needs 5
constexpr int kTransactions = 40;
constexpr int kStopSamples = 8;
constexpr int kListTags = 64;
constexpr int kCacheTags = 32;
constexpr int kReservations = 4;
constexpr int kProfiles = 8;
constexpr int kPeriods = 20;
constexpr int kCompositePeriods = 100;
constexpr int kStackLevels = 9;
constexpr int kListValue = 200;
constexpr int kUrl = 200;
constexpr int kLocation = 512;   // of a file (security whitepaper: remoteLocation, location)
constexpr int kSignerKey = 600;  // SubjectPublicKeyInfo of RSA with 4,096 bits takes 550
constexpr int kSignature = 600;  // 800 characters of base64 (security whitepaper: signature)
constexpr int kChain = 10000;    // CertificateSigned (CertificateSignedMaxChainSize)
constexpr int kSecurityEntries = 256;
constexpr int kTechInfo = 80;
constexpr int kName = 64;        // CpoName: an organisation in a certificate (RFC 5280 A.1)
constexpr int kEventBytes = 1536;
constexpr int kTag = 20;         // CiString20Type (OCPP 1.6 7.29); bytes, which only ASCII is one of
constexpr int kMessageId = 36;   // OCPP-J 1.6 4.1.4
constexpr int kKeyBytes = 20;    // AuthorizationKey, raw

}  // namespace evse::ocpp
