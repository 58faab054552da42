/** MQTT 3.1.1. A line each: number, whom it concerns (S server, C client, B both), gist, and why it is unseen where it is. */
export const statements311 = `
1.5.3-1 B text is well-formed UTF-8 without surrogates, or the connection is closed
1.5.3-2 B text holds no U+0000, or the connection is closed
1.5.3-3 B the bytes EF BB BF are U+FEFF wherever they stand and are not stripped
2.2.2-1 B reserved flag bits have the value that the table gives them
2.2.2-2 B a receiver of wrong flags closes the connection
2.3.1-1 C SUBSCRIBE, UNSUBSCRIBE and PUBLISH of QoS 1 and 2 have a packet id other than 0
2.3.1-2 C a new packet of these takes an id that is not in use
2.3.1-3 C a packet that is sent again keeps its id
2.3.1-4 S the server follows the same rules for the PUBLISH packets it sends
2.3.1-5 B a PUBLISH of QoS 0 has no packet id
2.3.1-6 B PUBACK, PUBREC and PUBREL have the id of the PUBLISH
2.3.1-7 S SUBACK and UNSUBACK have the id of their request
3.1.0-1 B the first packet of a client is CONNECT; the server closes on any other
3.1.0-2 S a second CONNECT is a violation and the client is disconnected
3.1.2-1 S a CONNECT with another protocol name is not processed as this version
3.1.2-2 S a level that is not spoken is answered with code 1, then the connection is closed
3.1.2-3 S the reserved bit of the CONNECT flags is checked; if it is set the client is disconnected
3.1.2-4 S clean session 0 resumes the session, or makes one that outlives the connection
3.1.2-5 S for an absent client of clean session 0, QoS 1 and 2 messages that match are stored
3.1.2-6 B clean session 1 discards what was there; its state serves no later session
3.1.2-7 S retained messages are no part of a session and survive it
3.1.2-8 S a will is stored and published when the connection ends without DISCONNECT
3.1.2-9 B a will's QoS and retain are used, and its topic and message are in the payload
3.1.2-10 S a will is forgotten once published or after DISCONNECT
3.1.2-11 B without will flag, will QoS and retain are 0 and no will is in the payload
3.1.2-12 S without will flag nothing is published at the end
3.1.2-13 B without will flag, will QoS is 0
3.1.2-14 B will QoS is 0, 1 or 2, never 3
3.1.2-15 B without will flag, will retain is 0
3.1.2-16 S with will retain 0 the will is no retained message
3.1.2-17 S with will retain 1 the will becomes the retained message
3.1.2-18 B without user name flag there is no user name
3.1.2-19 B with user name flag there is one
3.1.2-20 B without password flag there is no password
3.1.2-21 B with password flag there is one
3.1.2-22 B a password comes with a user name only
3.1.2-23 C a client sends PINGREQ if it has nothing else to send
3.1.2-24 S silence of one and a half keep-alives ends the connection as a loss of the network
3.1.3-1 B fields of the payload stand in their order
3.1.3-2 B the client id names the state that both sides hold
3.1.3-3 B the client id is there and is the first field
3.1.3-4 B the client id is UTF-8
3.1.3-5 S client ids of 1 to 23 letters and digits are allowed
3.1.3-6 S to a client without an id a unique one is assigned
3.1.3-7 C a client without an id asks for a clean session
3.1.3-8 S no client id with clean session 0 is answered with code 2, then closed
3.1.3-9 S a client id that is refused is answered with code 2, then closed
3.1.3-10 B the will topic is UTF-8
3.1.3-11 B the user name is UTF-8
3.1.4-1 S a CONNECT that has not the right form closes the connection without CONNACK
3.1.4-2 S a second connection of a client id disconnects the first
3.1.4-3 S clean session is processed
3.1.4-4 S CONNECT is answered with CONNACK 0
3.1.4-5 S what follows a refused CONNECT is not processed
3.2.0-1 S CONNACK is the first packet of the server
3.2.2-1 S clean session 1: session present is 0
3.2.2-2 S clean session 0 with stored state: session present is 1
3.2.2-3 S clean session 0 without stored state: session present is 0
3.2.2-4 S a refusal has session present 0
3.2.2-5 S after a refusal the connection is closed
3.2.2-6 S where no code fits the connection is closed without CONNACK
3.3.1-1 B a PUBLISH that is sent again has DUP
3.3.1-2 B DUP is 0 at QoS 0
3.3.1-3 S DUP of what came in says nothing of what goes out
3.3.1-4 B QoS 3 closes the connection
3.3.1-5 S a retained PUBLISH is stored with its QoS for later subscribers
3.3.1-6 S a new subscription gets the last retained message of each topic that matches
3.3.1-7 S a retained PUBLISH of QoS 0 replaces what was retained
3.3.1-8 S what a new subscription brings has the retain flag
3.3.1-9 S to a subscription that stands retain is 0, however it was published
3.3.1-10 S an empty retained PUBLISH is delivered as usual and removes what was retained
3.3.1-11 S an empty retained message is not stored
3.3.1-12 S without retain flag nothing retained is stored, removed or replaced
3.3.2-1 B the topic is the first field and is UTF-8
3.3.2-2 B the topic has no wildcards
3.3.2-3 S the topic that goes out matches the subscriber's filter
3.3.4-1 B a PUBLISH is answered as its QoS asks
3.3.5-1 S overlapping subscriptions get the highest QoS among them
3.3.5-2 S a PUBLISH that is not permitted is acknowledged as usual, or the connection is closed
3.6.1-1 S flags of PUBREL are 0010, or the connection is closed
3.8.1-1 S flags of SUBSCRIBE are 0010, or the connection is closed
3.8.3-1 B filters are UTF-8
3.8.3-2 S a server without wildcards refuses filters that have them (unseen: this server has wildcards)
3.8.3-3 S a SUBSCRIBE without filters is a violation
3.8.3-4 S reserved bits of the requested QoS, or QoS 3, close the connection
3.8.4-1 S SUBSCRIBE is answered with SUBACK
3.8.4-2 S SUBACK has the id of its SUBSCRIBE
3.8.4-3 S the same filter again replaces the subscription, sends what is retained and interrupts nothing
3.8.4-4 S several filters in a packet act as several packets with one SUBACK
3.8.4-5 S SUBACK has a code for each filter
3.8.4-6 S the QoS delivered is the lower of published and granted
3.9.3-1 S codes of SUBACK stand in the order of the filters
3.9.3-2 S codes of SUBACK are 0, 1, 2 or 128
3.10.1-1 S flags of UNSUBSCRIBE are 0010, or the connection is closed
3.10.3-1 B filters of UNSUBSCRIBE are UTF-8
3.10.3-2 B an UNSUBSCRIBE has one filter at least
3.10.4-1 S filters are compared character by character, and the equal one is deleted
3.10.4-2 S after UNSUBSCRIBE no new message is added
3.10.4-3 S after UNSUBSCRIBE deliveries that began are completed
3.10.4-4 S UNSUBSCRIBE is answered with UNSUBACK of the same id
3.10.4-5 S also where nothing was deleted
3.10.4-6 S several filters act as several packets with one UNSUBACK
3.12.4-1 S PINGREQ is answered with PINGRESP
3.14.1-1 S reserved bits of DISCONNECT are checked
3.14.4-1 C after DISCONNECT the client closes
3.14.4-2 C after DISCONNECT the client sends nothing
3.14.4-3 S on DISCONNECT the will is discarded
4.1.0-1 B both sides keep the state of the session as long as it lasts
4.1.0-2 B a session lasts as long as its connection at least
4.2.0-1 B the transport is an ordered lossless stream both ways
4.3.1-1 B QoS 0: the sender sends DUP 0
4.3.2-1 B QoS 1, sender: unused id, DUP 0 at first, unacknowledged until PUBACK
4.3.2-2 B QoS 1, receiver: PUBACK with the same id; the id is new afterwards
4.3.3-1 B QoS 2, sender: unused id, PUBREL on PUBREC, no PUBLISH behind PUBREL
4.3.3-2 B QoS 2, receiver: PUBREC, no second delivery until PUBREL, PUBCOMP
4.4.0-1 B on resuming a session, PUBLISH and PUBREL that were not acknowledged are sent again with their ids
4.5.0-1 S a message taken over is added to the sessions that match
4.5.0-2 C a client acknowledges what it receives
4.6.0-1 C a client sends PUBLISH again in the order in which it sent first
4.6.0-2 C PUBACK in the order of the PUBLISH packets
4.6.0-3 C PUBREC in the order of the PUBLISH packets
4.6.0-4 C PUBREL in the order of the PUBREC packets
4.6.0-5 S each topic is ordered unless said otherwise
4.6.0-6 S to an ordered topic's consumers PUBLISH goes in the order that each client sent
4.7.1-1 B wildcards are for filters only
4.7.1-2 B # stands alone or behind a separator, at the end
4.7.1-3 B + fills a level
4.7.2-1 S filters that begin with a wildcard match no topic that begins with $
4.7.3-1 B topics and filters have one character at least
4.7.3-2 B topics and filters have no U+0000
4.7.3-3 B topics and filters have no more than 65,535 bytes
4.7.3-4 S topics and filters are not normalized
4.8.0-1 B a violation closes the connection
4.8.0-2 B a passing error while a packet is processed closes its connection (unseen: an application packet cannot make one; test/faults fills the disk)
6.0.0-1 B WebSocket: binary frames only, any other closes the connection
6.0.0-2 B WebSocket: packets and frames need not coincide
6.0.0-3 C WebSocket: the client offers mqtt
6.0.0-4 S WebSocket: the server selects mqtt
7.0.0-1 B who is server and client fulfils both (unseen: the server is no client)
7.0.0-2 S conformance depends on no extension from outside (unseen: says what conformance is)
7.1.1-1 S a server supports one transport of section 4.2 at least
7.1.2-1 C a client supports one transport of section 4.2 at least
`
