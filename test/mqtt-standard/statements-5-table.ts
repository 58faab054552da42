/** MQTT 5.0. A line each: number, whom it concerns (S server, C client, B both), gist, and why it is unseen where it is. */
export const statements5 = `
1.5.4-1 B text is well-formed UTF-8 without surrogates
1.5.4-2 B text holds no U+0000
1.5.4-3 B the bytes EF BB BF are U+FEFF wherever they stand and are not stripped
1.5.5-1 B a variable byte integer has as few bytes as possible
1.5.7-1 B both texts of a pair are UTF-8
2.1.3-1 B reserved flag bits have the value that the table gives them
2.2.1-2 B a PUBLISH of QoS 0 has no packet id
2.2.1-3 C a new SUBSCRIBE, UNSUBSCRIBE or PUBLISH takes an id that is not 0 and not in use
2.2.1-4 S a new PUBLISH of the server takes an id that is not 0 and not in use
2.2.1-5 B PUBACK, PUBREC, PUBREL and PUBCOMP have the id of the PUBLISH
2.2.1-6 S SUBACK and UNSUBACK have the id of their request
2.2.2-1 B no properties are said by a length of 0
3.1.0-1 C the first packet of a client is CONNECT
3.1.0-2 S a second CONNECT is a protocol error and closes the connection
3.1.2-1 S the protocol name is MQTT, or the connection is closed
3.1.2-2 S another version may get 0x84, and the connection is closed
3.1.2-3 S the reserved flag is checked; 1 is malformed
3.1.2-4 B clean start 1 discards a session and begins a new one
3.1.2-5 S clean start 0 resumes the session that is there
3.1.2-6 S clean start 0 without a session makes one
3.1.2-7 S a will is stored with the session
3.1.2-8 S a will is published after the end and its delay, unless DISCONNECT 0 came or the client returned
3.1.2-9 B with will flag, will properties, topic and payload are there
3.1.2-10 S a will is removed once published or after DISCONNECT 0
3.1.2-11 B without will flag, will QoS is 0
3.1.2-12 B will QoS 3 is malformed
3.1.2-13 B without will flag, will retain is 0
3.1.2-14 S with will retain 0 the will is no retained message
3.1.2-15 S with will retain 1 the will becomes the retained message
3.1.2-16 B without user name flag there is no user name
3.1.2-17 B with user name flag there is one
3.1.2-18 B without password flag there is no password
3.1.2-19 B with password flag there is one
3.1.2-20 C a client sends PINGREQ if it has nothing else to send
3.1.2-21 C a client uses the keep-alive of the server
3.1.2-22 S silence of one and a half keep-alives ends the connection as a loss of the network
3.1.2-23 B the session is kept behind the connection if its expiry is greater than 0
3.1.2-24 S no packet exceeds the client's maximum packet size
3.1.2-25 S a message too large is dropped as if it had been sent
3.1.2-26 S no alias above the client's maximum
3.1.2-27 S no aliases at all if the maximum is absent or 0
3.1.2-28 S request response information 0: none is sent
3.1.2-29 S request problem information 0: reason string and user properties on PUBLISH, CONNACK, DISCONNECT only
3.1.2-30 C with an authentication method the client sends AUTH and DISCONNECT only until CONNACK
3.1.3-1 B fields of the payload stand in their order
3.1.3-2 B the client id names the state that both sides hold
3.1.3-3 B the client id is there and is the first field
3.1.3-4 B the client id is UTF-8
3.1.3-5 S client ids of 1 to 23 letters and digits are allowed
3.1.3-6 S to a client without an id a unique one is assigned
3.1.3-7 S the assigned id is processed as the client's own and told in CONNACK
3.1.3-8 S a client id that is refused may get 0x85, and the connection is closed
3.1.3-9 S a client that returns within the will delay suppresses the will
3.1.3-10 S user properties of a will keep their order
3.1.3-11 B the will topic is UTF-8
3.1.3-12 B the user name is UTF-8
3.1.4-1 S a CONNECT that has not the right form closes the connection
3.1.4-2 S any further check of CONNECT that fails closes the connection
3.1.4-3 S a second connection of a client id gets the first a DISCONNECT 0x8E and is closed
3.1.4-4 S clean start is processed
3.1.4-5 S CONNECT is answered with CONNACK 0
3.1.4-6 S what follows a refused CONNECT is not processed
3.2.0-1 S CONNACK 0 comes before anything but AUTH
3.2.0-2 S there is one CONNACK a connection
3.2.2-1 S bits 7 to 1 of the acknowledge flags are 0
3.2.2-2 S clean start 1: session present is 0
3.2.2-3 S clean start 0: session present as there is state
3.2.2-4 C a client without state closes if a session is present
3.2.2-5 C a client with state discards it if none is present
3.2.2-6 S a refusal has session present 0
3.2.2-7 S after a refusal the connection is closed
3.2.2-8 S the code of CONNACK is one of its list
3.2.2-9 S a server without QoS 1 or 2 says its maximum QoS
3.2.2-10 S a server without QoS 1 or 2 still accepts SUBSCRIBE of any QoS
3.2.2-11 C a client keeps within maximum QoS
3.2.2-12 S a will QoS beyond the maximum is refused
3.2.2-13 S a will with retain is refused where nothing is retained (unseen: this server retains)
3.2.2-14 C a client does not retain where retain is not available
3.2.2-15 C a client keeps within the server's maximum packet size
3.2.2-16 S the assigned id is used by no other session
3.2.2-17 C a client keeps within the topic alias maximum
3.2.2-18 C a client sends no alias where the maximum is absent or 0
3.2.2-19 S no reason string that makes CONNACK too large
3.2.2-20 S no user properties that make CONNACK too large
3.2.2-21 C a client uses the server's keep-alive
3.2.2-22 S without server keep-alive the client's own counts
3.3.1-1 B a PUBLISH that is sent again has DUP
3.3.1-2 B DUP is 0 at QoS 0
3.3.1-3 S DUP of what came in says nothing of what goes out
3.3.1-4 B QoS 3 is not allowed
3.3.1-5 S a retained PUBLISH replaces what is retained for its topic
3.3.1-6 S an empty one is processed as usual and removes what is retained
3.3.1-7 S an empty retained message is not stored
3.3.1-8 S without retain flag nothing retained is stored, removed or replaced
3.3.1-9 S retain handling 0 sends what is retained
3.3.1-10 S retain handling 1 sends it to a subscription that is new
3.3.1-11 S retain handling 2 sends nothing
3.3.1-12 S retain as published 0: retain is 0 on what is forwarded
3.3.1-13 S retain as published 1: retain is what it was
3.3.2-1 B the topic is the first field and is UTF-8
3.3.2-2 B the topic has no wildcards
3.3.2-3 S the topic that goes out matches the subscriber's filter
3.3.2-4 S the payload format indicator is passed on
3.3.2-5 S what expired before its delivery began is deleted
3.3.2-6 S message expiry goes out less the time that it waited
3.3.2-7 B aliases end with the connection
3.3.2-8 B no alias is 0
3.3.2-9 C a client keeps within the server's topic alias maximum
3.3.2-10 C a client accepts aliases up to its maximum
3.3.2-11 S a server keeps within the client's topic alias maximum
3.3.2-12 S a server accepts aliases up to its maximum
3.3.2-13 B a response topic is UTF-8
3.3.2-14 B a response topic has no wildcards
3.3.2-15 S the response topic is passed on
3.3.2-16 S the correlation data is passed on
3.3.2-17 S user properties are passed on
3.3.2-18 S user properties keep their order
3.3.2-19 B a content type is UTF-8
3.3.2-20 S the content type is passed on
3.3.4-1 B a PUBLISH is answered as its QoS asks
3.3.4-2 S overlapping subscriptions get the highest QoS among them
3.3.4-3 S the subscription identifiers of the subscriptions that match are sent
3.3.4-4 S a single copy has all of them
3.3.4-5 S of several copies each has its own (unseen: this server sends a single copy)
3.3.4-6 C a client sends no subscription identifier in PUBLISH
3.3.4-7 C a client keeps within the server's receive maximum
3.3.4-8 C a client delays nothing but PUBLISH for it
3.3.4-9 S a server keeps within the client's receive maximum
3.3.4-10 S a server delays nothing but PUBLISH for it
3.4.2-1 B the reason of PUBACK is one of its list
3.4.2-2 B no reason string that makes PUBACK too large
3.4.2-3 B no user properties that make PUBACK too large
3.5.2-1 B the reason of PUBREC is one of its list
3.5.2-2 B no reason string that makes PUBREC too large
3.5.2-3 B no user properties that make PUBREC too large
3.6.1-1 S flags of PUBREL are 0010, or the connection is closed
3.6.2-1 B the reason of PUBREL is one of its list
3.6.2-2 B no reason string that makes PUBREL too large
3.6.2-3 B no user properties that make PUBREL too large
3.7.2-1 B the reason of PUBCOMP is one of its list
3.7.2-2 B no reason string that makes PUBCOMP too large
3.7.2-3 B no user properties that make PUBCOMP too large
3.8.1-1 S flags of SUBSCRIBE are 0010, or the connection is closed
3.8.3-1 B filters are UTF-8
3.8.3-2 B a SUBSCRIBE has one filter at least
3.8.3-3 S no-local keeps a client's messages from itself
3.8.3-4 B no-local on a shared subscription is a protocol error
3.8.3-5 S reserved bits of the options are malformed
3.8.4-1 S SUBSCRIBE is answered with SUBACK
3.8.4-2 S SUBACK has the id of its SUBSCRIBE
3.8.4-3 S the same filter again replaces the subscription
3.8.4-4 S with retain handling 0 what is retained is sent again, and nothing is lost meanwhile
3.8.4-5 S several filters in a packet act as several packets with one SUBACK
3.8.4-6 S SUBACK has a code for each filter
3.8.4-7 S the code is the granted QoS or a failure
3.8.4-8 S the QoS delivered is the lower of published and granted
3.9.2-1 S no reason string that makes SUBACK too large
3.9.2-2 S no user properties that make SUBACK too large
3.9.3-1 S codes of SUBACK stand in the order of the filters
3.9.3-2 S codes of SUBACK are of its list
3.10.1-1 S flags of UNSUBSCRIBE are 0010, or the connection is closed
3.10.3-1 B filters of UNSUBSCRIBE are UTF-8
3.10.3-2 B an UNSUBSCRIBE has one filter at least
3.10.4-1 S filters are compared character by character, and the equal one is deleted
3.10.4-2 S after UNSUBSCRIBE no new message is added
3.10.4-3 S after UNSUBSCRIBE deliveries that began are completed
3.10.4-4 S UNSUBSCRIBE is answered with UNSUBACK
3.10.4-5 S UNSUBACK has the same id, also where nothing was deleted
3.10.4-6 S several filters act as several packets with one UNSUBACK
3.11.2-1 S no reason string that makes UNSUBACK too large
3.11.2-2 S no user properties that make UNSUBACK too large
3.11.3-1 S codes of UNSUBACK stand in the order of the filters
3.11.3-2 S codes of UNSUBACK are of its list
3.12.4-1 S PINGREQ is answered with PINGRESP
3.14.0-1 S no DISCONNECT before a CONNACK that lets in
3.14.1-1 B reserved bits of DISCONNECT are checked
3.14.2-1 B the reason of DISCONNECT is one of its list
3.14.2-2 S a server sends no session expiry in DISCONNECT
3.14.2-3 B no reason string that makes DISCONNECT too large
3.14.2-4 B no user properties that make DISCONNECT too large
3.14.4-1 B nothing is sent behind DISCONNECT
3.14.4-2 B behind DISCONNECT the connection is closed
3.14.4-3 S on DISCONNECT 0 the will is discarded
3.15.1-1 B flags of AUTH are 0, or the connection is closed
3.15.2-1 B the reason of AUTH is one of its list
3.15.2-2 B no reason string that makes AUTH too large (unseen: this server sends no AUTH)
3.15.2-3 B no user properties that make AUTH too large (unseen: this server sends no AUTH)
4.1.0-1 B a session is not discarded while its connection is open
4.1.0-2 S a session is discarded once it is closed and its expiry has passed
4.2.0-1 B the transport is an ordered lossless stream both ways
4.3.1-1 B QoS 0: the sender sends DUP 0
4.3.2-1 B QoS 1, sender: an unused id for a new message
4.3.2-2 B QoS 1, sender: DUP 0 at first
4.3.2-3 B QoS 1, sender: unacknowledged until PUBACK
4.3.2-4 B QoS 1, receiver: PUBACK with the same id
4.3.2-5 B QoS 1, receiver: behind PUBACK the id is a new message, whatever DUP says
4.3.3-1 B QoS 2, sender: an unused id for a new message
4.3.3-2 B QoS 2, sender: DUP 0 at first
4.3.3-3 B QoS 2, sender: unacknowledged until PUBREC
4.3.3-4 B QoS 2, sender: PUBREL on a PUBREC below 0x80
4.3.3-5 B QoS 2, sender: PUBREL unacknowledged until PUBCOMP
4.3.3-6 B QoS 2, sender: no PUBLISH behind PUBREL
4.3.3-7 B QoS 2, sender: no expiry once PUBLISH was sent
4.3.3-8 B QoS 2, receiver: PUBREC with the same id
4.3.3-9 B QoS 2, receiver: behind a PUBREC of 0x80 and above the id is a new message
4.3.3-10 B QoS 2, receiver: no second delivery until PUBREL, but PUBREC
4.3.3-11 B QoS 2, receiver: PUBREL is answered with PUBCOMP of the same id
4.3.3-12 B QoS 2, receiver: behind PUBCOMP the id is a new message
4.3.3-13 B QoS 2, receiver: the exchange goes on although the message expired
4.4.0-1 B on resuming a session, PUBLISH and PUBREL that were not acknowledged are sent again, and at no other time
4.4.0-2 B a PUBLISH that was answered with 0x80 and above is not sent again
4.5.0-1 S a message taken over is added to the sessions that match
4.5.0-2 C a client acknowledges what it receives
4.6.0-1 C a client sends PUBLISH again in the order in which it sent first
4.6.0-2 C PUBACK in the order of the PUBLISH packets
4.6.0-3 C PUBREC in the order of the PUBLISH packets
4.6.0-4 C PUBREL in the order of the PUBREC packets
4.6.0-5 S to an ordered topic's consumers PUBLISH goes in the order that each client sent
4.6.0-6 S each topic is ordered on non-shared subscriptions
4.7.0-1 B wildcards are for filters only
4.7.1-1 B # stands alone or behind a separator, at the end
4.7.1-2 B + fills a level
4.7.2-1 S filters that begin with a wildcard match no topic that begins with $
4.7.3-1 B topics and filters have one character at least
4.7.3-2 B topics and filters have no U+0000
4.7.3-3 B topics and filters have no more than 65,535 bytes
4.7.3-4 S topics and filters are not normalized
4.8.2-1 B a shared filter begins with $share/ and a name of one character at least
4.8.2-2 B the name has no /, + or #, and a filter follows
4.8.2-3 S the granted QoS of the chosen subscriber counts
4.8.2-4 S a QoS 2 message that was under way is completed to the same client when it returns
4.8.2-5 S if that client's session ends, nobody else gets it
4.8.2-6 S a message answered with 0x80 and above goes to nobody else
4.9.0-1 B the send quota begins within the receive maximum
4.9.0-2 B at a quota of 0 no PUBLISH of QoS 1 or 2 is sent
4.9.0-3 B at a quota of 0 all other packets go on
4.12.0-1 S an authentication method that is not supported closes the connection
4.12.0-2 S an AUTH of the server during sign-in has 0x18 (unseen: this server sends no AUTH)
4.12.0-3 C an AUTH of the client during sign-in has 0x18
4.12.0-4 S an exchange that is rejected closes the connection
4.12.0-5 B AUTH and CONNACK repeat the method of CONNECT (unseen: this server has no method, so none succeeds)
4.12.0-6 S without a method in CONNECT the server sends no AUTH and none in CONNACK
4.12.0-7 C without a method in CONNECT the client sends no AUTH
4.12.1-1 C re-authentication keeps the method
4.12.1-2 B where re-authentication fails the connection is closed
4.13.1-1 S what is malformed or a protocol error closes the connection
4.13.2-1 B a code of 0x80 and above in CONNACK or DISCONNECT closes the connection
6.0.0-1 B WebSocket: binary frames only, any other closes the connection
6.0.0-2 B WebSocket: packets and frames need not coincide
6.0.0-3 C WebSocket: the client offers mqtt
6.0.0-4 S WebSocket: the server selects mqtt
`
