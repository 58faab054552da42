/** Worked examples of signatures, by the ids of direct-vectors.md and sub-device-vectors.md. For tests only. */
export interface SignVector {
  readonly file: 'direct' | 'sub-device'
  readonly id: string
  readonly method: string
  readonly secret: string
  readonly content: string
  readonly hex: string
}

type Row = readonly [file: SignVector['file'], id: string, method: string, secret: string, content: string, hex: string]

// biome-ignore format: one vector a line
const rows: readonly Row[] = [
  ['direct', 'V1', 'hmacsha1', 'secret', 'clientId12345deviceNamedeviceproductKeypktimestamp789', 'FAFD82A3D602B37FB0FA8B7892F24A477F851A14'],
  ['direct', 'V2', 'hmacsha256', '0123456789abcdef0123456789abcdef', 'clientIda1B2c3D4e5F.dev001deviceNamedev001productKeya1B2c3D4e5Ftimestamp2524608000000', '88D3CE1423C115E0425395B171E6E5FD1C9C97C349F1584AD2BAF32D5D913DCA'],
  ['direct', 'V3', 'hmacsha1', '0123456789abcdef0123456789abcdef', 'clientIda1B2c3D4e5F&dev001deviceNamedev001productKeya1B2c3D4e5Ftimestamp1795422564699', '49a6fbf638e21fec25124e59ccb602c0dd248284'],
  ['direct', 'C1', 'hmacmd5', '0123456789abcdef0123456789abcdef', 'clientIda1B2c3D4e5F.dev001deviceNamedev001productKeya1B2c3D4e5Ftimestamp2524608000000', '935b46dafcb8835cef2e06835e305152'],
  ['direct', 'C1', 'hmacsha1', '0123456789abcdef0123456789abcdef', 'clientIda1B2c3D4e5F.dev001deviceNamedev001productKeya1B2c3D4e5Ftimestamp2524608000000', '86accbfe5449d07ade91baeae95b6bd669ca74b6'],
  ['direct', 'C1', 'hmacsha256', '0123456789abcdef0123456789abcdef', 'clientIda1B2c3D4e5F.dev001deviceNamedev001productKeya1B2c3D4e5Ftimestamp2524608000000', '88d3ce1423c115e0425395b171e6e5fd1c9c97c349f1584ad2baf32d5d913dca'],
  ['direct', 'C2', 'hmacmd5', '0123456789abcdef0123456789abcdef', 'clientIda1B2c3D4e5F.dev001deviceNamedev001productKeya1B2c3D4e5F', '7c7a45706d5711ec4375132d2e2b3bc1'],
  ['direct', 'C2', 'hmacsha1', '0123456789abcdef0123456789abcdef', 'clientIda1B2c3D4e5F.dev001deviceNamedev001productKeya1B2c3D4e5F', '3bd06328094738c1b8bb94ada3f40f0f27741b54'],
  ['direct', 'C2', 'hmacsha256', '0123456789abcdef0123456789abcdef', 'clientIda1B2c3D4e5F.dev001deviceNamedev001productKeya1B2c3D4e5F', '22e675e28279b7ec1a2e6fc17fec32300de67eebf7c2216415ac30f18ba76b7c'],
  ['direct', 'C3', 'hmacmd5', '0123456789abcdef0123456789abcdef', 'deviceNamedev001productKeya1B2c3D4e5Ftimestamp2524608000000', '182d5601735a74af5f32717bf0efd33d'],
  ['direct', 'C3', 'hmacsha1', '0123456789abcdef0123456789abcdef', 'deviceNamedev001productKeya1B2c3D4e5Ftimestamp2524608000000', '90f88b036888e9de84a75d02080d28a8075e8ff1'],
  ['direct', 'C3', 'hmacsha256', '0123456789abcdef0123456789abcdef', 'deviceNamedev001productKeya1B2c3D4e5Ftimestamp2524608000000', 'bb7281fd6d584fd88b619eaceb5778ea4ba33afbe6e52f9aed6bbe684c80b097'],
  ['direct', 'C4', 'hmacmd5', '0123456789abcdef0123456789abcdef', 'deviceNamedev001productKeya1B2c3D4e5F', 'bc9660f87d42d865fe35fcfded54df5a'],
  ['direct', 'C4', 'hmacsha1', '0123456789abcdef0123456789abcdef', 'deviceNamedev001productKeya1B2c3D4e5F', '8d0dc28c091a69dd2ac93e614cb1507397009695'],
  ['direct', 'C4', 'hmacsha256', '0123456789abcdef0123456789abcdef', 'deviceNamedev001productKeya1B2c3D4e5F', 'a8830fbffdef5413b1e5ef61e1248d2f0ec793ad12a55ae3ae954249df4afa77'],
  ['direct', 'C5', 'hmacsha256', '0123456789abcdef0123456789abcdef', 'clientIddeviceNamedev001productKeya1B2c3D4e5Ftimestamp2524608000000', '750d9ff8cd095216fd1b6ff4ecb61785be96cd742fa3c960352ee82f8c77aece'],
  ['direct', 'C6', 'hmacsha1', '0123456789abcdef0123456789abcdef', 'clientIda1B2c3D4e5F&dev001deviceNamedev001productKeya1B2c3D4e5Ftimestamp1795421573', '9fe0939162288b887ae9ae7d985d3fd83ace39b1'],
  ['direct', 'C7', 'hmacmd5', '0123456789abcdef0123456789abcdef', 'clientId00:11:22:33:44:55deviceNamedev001productKeya1B2c3D4e5Ftimestamp1700000000000', 'cdf23a9d78b9c045e0c5f9cd787399e2'],
  ['direct', 'C8', 'hmacmd5', 'ga7XA6KdlEeiPXQPpRbAjOZXwG8ydgSe', 'clientIda1X2bEnP82z.example1deviceNameexample1productKeya1X2bEnP82ztimestamp2524608000000', '7e2c52953f3dcfbbc313de587ad83f74'],
  ['direct', 'C8', 'hmacsha1', 'ga7XA6KdlEeiPXQPpRbAjOZXwG8ydgSe', 'clientIda1X2bEnP82z.example1deviceNameexample1productKeya1X2bEnP82ztimestamp2524608000000', 'b2c9af96273c92315cc9eb431ed90573a6850105'],
  ['direct', 'C8', 'hmacsha256', 'ga7XA6KdlEeiPXQPpRbAjOZXwG8ydgSe', 'clientIda1X2bEnP82z.example1deviceNameexample1productKeya1X2bEnP82ztimestamp2524608000000', 'b8ce8f1d706dd3c61d13bfd9855def7e321b785084ca9c93f0169a2b46785dd2'],
  ['direct', 'C9', 'hmacsha256', '0123456789abcdef0123456789abcdef', 'clientIdgw-01:@.devdeviceNamedev_0-0.1:@productKeya1B2c3D4e5Ftimestamp1', '3320f1ac681dc8605e0a0a6811a6df7296877abfead16884e206c21bf8fc6e38'],
  ['direct', 'R1', 'hmacmd5', '7jluWm1zql7bt8qK', 'deviceNamedev001productKeya1B2c3D4e5Frandom567345', 'be68992f2dc5e41401942c016eb11c5b'],
  ['direct', 'R1', 'hmacsha1', '7jluWm1zql7bt8qK', 'deviceNamedev001productKeya1B2c3D4e5Frandom567345', '360ceaf46dba701346a07d69564c128c00d9ff5c'],
  ['direct', 'R1', 'hmacsha256', '7jluWm1zql7bt8qK', 'deviceNamedev001productKeya1B2c3D4e5Frandom567345', '2528b6b1f80938cadf623d95918dc71d3ea4efc5541d2adc0f4c16721d816845'],
  ['direct', 'R2', 'hmacmd5', '7jluWm1zql7bt8qK', 'deviceNamedev001productKeya1B2c3D4e5Frandom8Ygb7ULYh53B6OA', '107a96796baa617c48eb7de6f2f0dc45'],
  ['direct', 'R2', 'hmacsha1', '7jluWm1zql7bt8qK', 'deviceNamedev001productKeya1B2c3D4e5Frandom8Ygb7ULYh53B6OA', '5988dfc525afbf4bcd3e3677dcb3400a591dffa9'],
  ['direct', 'R2', 'hmacsha256', '7jluWm1zql7bt8qK', 'deviceNamedev001productKeya1B2c3D4e5Frandom8Ygb7ULYh53B6OA', 'c27000c1609f3baed29534c750d290d6d3a0163d0b3e703a5c7759e27eaf9a45'],
  ['direct', 'R3', 'hmacsha256', '7jluWm1zql7bt8qK', 'deviceNamedev001productKeya1B2c3D4e5Frandom1A2B3C4D', '732224108f17107ba216aa3b3a7eb7886a2890dc7c6e12c35bbb19ee93eb0ef9'],
  ['direct', 'H1', 'hmacmd5', '0123456789abcdef0123456789abcdef', 'clientIda1B2c3D4e5F.dev001deviceNamedev001productKeya1B2c3D4e5F', '7c7a45706d5711ec4375132d2e2b3bc1'],
  ['direct', 'H2', 'hmacsha1', '0123456789abcdef0123456789abcdef', 'clientIda1B2c3D4e5F.dev001deviceNamedev001productKeya1B2c3D4e5F', '3bd06328094738c1b8bb94ada3f40f0f27741b54'],
  ['direct', 'H3', 'hmacmd5', '0123456789abcdef0123456789abcdef', 'clientIda1B2c3D4e5F.dev001deviceNamedev001productKeya1B2c3D4e5Ftimestamp1700000000000', '81b8805bd6daf4e2f84db54a0e3024e2'],
  ['direct', 'H4', 'hmacsha1', '0123456789abcdef0123456789abcdef', 'clientIda1B2c3D4e5F.dev001deviceNamedev001productKeya1B2c3D4e5Ftimestamp1700000000000', '0cc8ab5d1620a4f8ce606d0e09c9c49d3125340b'],
  ['direct', 'H5', 'hmacsha256', '0123456789abcdef0123456789abcdef', 'clientIda1B2c3D4e5F.dev001deviceNamedev001productKeya1B2c3D4e5F', '22e675e28279b7ec1a2e6fc17fec32300de67eebf7c2216415ac30f18ba76b7c'],
  ['sub-device', 'V1', 'hmacsha1', '2o8iZ3jLuDd40JIKlRRPAhQSfjqbhkkH', 'clientIda13Npv1vjZ4.example1deviceNameexample1productKeya13Npv1vjZ4timestamp453313937', 'db001f871e4cff9698a433b65ba0f3ef27af398d'],
  ['sub-device', 'V2', 'hmacmd5', '1234', 'clientId868575026974305deviceName868575026974305productKeya1PB5fp1234timestamp1646277090411', '3BA0DFA4C477B40C007D84D30D6466CC'],
  ['sub-device', 'V3', 'hmacmd5', '1234', 'clientId868575026974305deviceName868575026974305productKeya1PB5fp1234', 'c1c1606d61884c5f16c9ea6622e5e3c3'],
  ['sub-device', 'V4', 'hmacmd5', 'thinkgos', 'thinkgos', 'ed9dc7baf84a9740a3ceb6f1f26bfb4f'],
  ['sub-device', 'V5', 'hmacsha1', 'thinkgos', 'thinkgos', 'f9cebe2044ea375cff1a46f4dc05eb15ff9870ee'],
  ['sub-device', 'V6', 'hmacsha256', 'thinkgos', 'thinkgos', 'e9403e3a615fad72d1dd1fe90c225cbec4ba81a03e5474d91a72844d2218954f'],
  ['sub-device', 'D1', 'hmacmd5', 'secret1234567890', 'clientIdal12345&device1234deviceNamedevice1234productKeyal12345timestamp1581417203000', '345f7e656f775dbce7934fffa6c977fe'],
  ['sub-device', 'D1', 'hmacsha1', 'secret1234567890', 'clientIdal12345&device1234deviceNamedevice1234productKeyal12345timestamp1581417203000', '7ddf6c576576df14b88b9e4cc09167de343107a5'],
  ['sub-device', 'D1', 'hmacsha256', 'secret1234567890', 'clientIdal12345&device1234deviceNamedevice1234productKeyal12345timestamp1581417203000', '0af889cf1abd36cb540f083d741a68d5244b76058d01b0c5762a510e28a6d640'],
  ['sub-device', 'D2', 'hmacmd5', 'secret1234567890', 'clientIdal12345.device1234|_ss=1,_v=sdk-c-3.2.0|deviceNamedevice1234productKeyal12345timestamp86123', 'b98d851a01694bb87a92dcca4244d1e2'],
  ['sub-device', 'D2', 'hmacsha1', 'secret1234567890', 'clientIdal12345.device1234|_ss=1,_v=sdk-c-3.2.0|deviceNamedevice1234productKeyal12345timestamp86123', '6006b2c7f4738c46dae6d48961f21023ff78f983'],
  ['sub-device', 'D2', 'hmacsha256', 'secret1234567890', 'clientIdal12345.device1234|_ss=1,_v=sdk-c-3.2.0|deviceNamedevice1234productKeyal12345timestamp86123', '630f0d4effae064d4016eb09b004350dba7674ee27e531f9f500fac64bee94a0'],
  ['sub-device', 'D2-stripped', 'hmacmd5', 'secret1234567890', 'clientIdal12345.device1234deviceNamedevice1234productKeyal12345timestamp86123', 'adcd0f4a2fd0b0c82e4decf46dc5f857'],
  ['sub-device', 'D2-stripped', 'hmacsha1', 'secret1234567890', 'clientIdal12345.device1234deviceNamedevice1234productKeyal12345timestamp86123', 'ebf1099b9b1fd44bc9bb443053b60b0a327ecf3c'],
  ['sub-device', 'D2-stripped', 'hmacsha256', 'secret1234567890', 'clientIdal12345.device1234deviceNamedevice1234productKeyal12345timestamp86123', '9b9ef4d258c5e259aed6a6ffa16c004f3e19cf195247ccd7790721b2122823a8'],
  ['sub-device', 'D3', 'hmacmd5', 'secret1234567890', 'clientIdiddeviceNamedevice1234productKeyal12345', '1f795c61de97b5d47c0c9ef243ec0ace'],
  ['sub-device', 'D3', 'hmacsha1', 'secret1234567890', 'clientIdiddeviceNamedevice1234productKeyal12345', 'd1e1386f5f58382093f1a48fb0adedc6cd13110b'],
  ['sub-device', 'D3', 'hmacsha256', 'secret1234567890', 'clientIdiddeviceNamedevice1234productKeyal12345', '3317d74a82827057f408305fe8fcf8788d0e7dcdeb43106624ef31e29db888aa'],
  ['sub-device', 'D5', 'hmacmd5', 'secret1234567890', 'cleanSessiontrueclientIdal12345&device1234deviceNamedevice1234productKeyal12345timestamp1581417203000', '62d387bde3da35cfa1cfe02f47394d56'],
  ['sub-device', 'D5', 'hmacsha1', 'secret1234567890', 'cleanSessiontrueclientIdal12345&device1234deviceNamedevice1234productKeyal12345timestamp1581417203000', '1dc6052bc0e7b736d71263f8f4ce54ca89b08291'],
  ['sub-device', 'D5', 'hmacsha256', 'secret1234567890', 'cleanSessiontrueclientIdal12345&device1234deviceNamedevice1234productKeyal12345timestamp1581417203000', 'ed356ff5b48b52734bf7cf9d6fba060b470c9ea34c1f638aa665dac894da8999'],
  ['sub-device', 'D6', 'hmacmd5', 'prodsecret1234567', 'deviceNamedevice1234productKeyal12345random567345', '9683015a9fc4cdbd8e1d22842d26ec43'],
  ['sub-device', 'D6', 'hmacsha1', 'prodsecret1234567', 'deviceNamedevice1234productKeyal12345random567345', 'd1e8f351bb39a1e6b91d5555c069cb5fe89d08b2'],
  ['sub-device', 'D6', 'hmacsha256', 'prodsecret1234567', 'deviceNamedevice1234productKeyal12345random567345', '4fe1d15941a9f8ad5165913216d422ef3e383fdde3bca8413f0de24d0558e4ac'],
  ['direct', 'PSK', 'hmacsha256', '0123456789abcdef0123456789abcdef', 'ida1B2c3D4e5F&dev001timestamp2524608000000', 'B154FAD5DDEC8191979AB4E38F9A5D4D8FDA468A000CCE2AA113239DFDB40787'],
  ['direct', 'CoAP', 'hmacmd5', '0123456789abcdef0123456789abcdef', 'clientIda1B2c3D4e5F.dev001deviceNamedev001productKeya1B2c3D4e5F', '7c7a45706d5711ec4375132d2e2b3bc1'],
  ['direct', 'CoAP-seq', 'hmacmd5', '0123456789abcdef0123456789abcdef', 'clientIda1B2c3D4e5F.dev001deviceNamedev001productKeya1B2c3D4e5Fseq10', 'eea0930a973828e36e26fcec659df135'],
]

export const signVectors: readonly SignVector[] = rows.map(([file, id, method, secret, content, hex]) => ({
  file,
  id,
  method,
  secret,
  content,
  hex,
}))

/** Passwords that a CONNECT of device dev001 in product a1B2c3D4e5F must be refused with: id, mistake, value. */
// biome-ignore format: one vector a line
export const refusedPasswords: readonly (readonly [id: string, mistake: string, value: string])[] = [
  ['N1', 'productKey before deviceName', '3e66c0ef7bd9bacab0a3207607ec5c4a29c1f4ccdfda5a356c2030869166b5b2'],
  ['N2', 'whole MQTT clientId string (with the |…| block) signed', '412f31709354d5f5341118e89effcc43cc07b51ad99594c6acae4902286e8ecc'],
  ['N3', 'secret hex-decoded before use', '02cd7eda6cd4a0aa42ec150deafb340f64ac3729be674616457ddf67e180ba92'],
  ['N4', 'plain SHA-256 of secret+content', 'de87c2737df3103535ab590505419831923360ca53a7e2eb61f2f773ba9f21f9'],
  ['N5', 'right digest, base64 instead of hex', 'iNPOFCPBFeBCU5Wxcebl/Rycl8NJ8VhK0rrzLV2RPco='],
  ['N6', 'content with & and = separators', 'e0e05e4c201f6233e330a636d3168e640d335ed25e14dac1af3aec9023249afb'],
  ['N7', 'declared hmacsha1 but computed with md5', '935b46dafcb8835cef2e06835e305152'],
  ['N8', 'product secret used in place of the device secret', 'b92150fb7b5a1c50fb73c16e2fe49531ad3fdfd0a89f5470be8755cd91560db6'],
]
