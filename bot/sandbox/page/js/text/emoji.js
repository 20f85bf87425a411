/** Emoji by the short names that people and apps write between colons. */

const TABLE = `
grinning 😀 smiley 😃 smile 😄 grin 😁 laughing 😆 sweat_smile 😅 joy 😂 rolling_on_the_floor_laughing 🤣 slightly_smiling_face 🙂
upside_down_face 🙃 wink 😉 blush 😊 innocent 😇 heart_eyes 😍 star-struck 🤩 kissing_heart 😘 yum 😋 stuck_out_tongue 😛 hugging_face 🤗
thinking_face 🤔 shushing_face 🤫 zipper_mouth_face 🤐 neutral_face 😐 expressionless 😑 no_mouth 😶 smirk 😏 unamused 😒 face_with_rolling_eyes 🙄
grimacing 😬 relieved 😌 pensive 😔 sleepy 😪 sleeping 😴 mask 😷 face_with_thermometer 🤒 nauseated_face 🤢 sunglasses 😎 nerd_face 🤓 confused 😕
worried 😟 slightly_frowning_face 🙁 open_mouth 😮 astonished 😲 flushed 😳 pleading_face 🥺 cry 😢 sob 😭 scream 😱 disappointed 😞 sweat 😓
tired_face 😫 triumph 😤 angry 😠 rage 😡 skull 💀 ghost 👻 robot_face 🤖 partying_face 🥳 melting_face 🫠 saluting_face 🫡
wave 👋 raised_hand ✋ hand ✋ ok_hand 👌 v ✌️ crossed_fingers 🤞 point_left 👈 point_right 👉 point_up ☝️ point_up_2 👆 point_down 👇 +1 👍 thumbsup 👍
-1 👎 thumbsdown 👎 fist ✊ clap 👏 raised_hands 🙌 open_hands 👐 handshake 🤝 pray 🙏 writing_hand ✍️ muscle 💪 ear 👂 eyes 👀 eye 👁️ brain 🧠
speaking_head_in_silhouette 🗣️ bust_in_silhouette 👤 busts_in_silhouette 👥 person_frowning 🙍 raising_hand 🙋 shrug 🤷 facepalm 🤦 woman-raising-hand 🙋‍♀️
technologist 🧑‍💻 office_worker 🧑‍💼 family 👪 heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 broken_heart 💔
sparkling_heart 💖 fire 🔥 sparkles ✨ star ⭐ star2 🌟 dizzy 💫 boom 💥 100 💯 anger 💢 zzz 💤 tada 🎉 confetti_ball 🎊 balloon 🎈 gift 🎁 trophy 🏆
medal 🏅 first_place_medal 🥇 dart 🎯 crown 👑 gem 💎 rocket 🚀 airplane ✈️ car 🚗 bus 🚌 truck 🚚 delivery_truck 🚚 package 📦 house 🏠 office 🏢
department_store 🏬 factory 🏭 hospital 🏥 bank 🏦 world_map 🗺️ earth_americas 🌎 earth_africa 🌍 globe_with_meridians 🌐 sunny ☀️ sunrise 🌅 cloud ☁️
rain_cloud 🌧️ snowflake ❄️ zap ⚡ umbrella ☔ rainbow 🌈 moon 🌔 crescent_moon 🌙 full_moon 🌕 night_with_stars 🌃 ocean 🌊 evergreen_tree 🌲 seedling 🌱
four_leaf_clover 🍀 rose 🌹 sunflower 🌻 dog 🐶 cat 🐱 bug 🐛 bee 🐝 whale 🐳 penguin 🐧 owl 🦉 turtle 🐢 unicorn_face 🦄 apple 🍎 pizza 🍕 coffee ☕ tea 🍵
beer 🍺 birthday 🎂 cake 🍰 cookie 🍪 popcorn 🍿 phone ☎️ telephone ☎️ telephone_receiver 📞 iphone 📱 calling 📲 pager 📟 fax 📠 battery 🔋
electric_plug 🔌 computer 💻 desktop_computer 🖥️ printer 🖨️ keyboard ⌨️ floppy_disk 💾 bulb 💡 flashlight 🔦 satellite_antenna 📡 loud_sound 🔊 sound 🔉
speaker 🔈 mute 🔇 loudspeaker 📢 mega 📣 bell 🔔 no_bell 🔕 headphones 🎧 microphone 🎤 studio_microphone 🎙️ radio 📻 musical_note 🎵 notes 🎶 movie_camera 🎥
camera 📷 tv 📺 mag 🔍 mag_right 🔎 lock 🔒 unlock 🔓 closed_lock_with_key 🔐 key 🔑 link 🔗 paperclip 📎 pushpin 📌 round_pushpin 📍 scissors ✂️ pencil ✏️
pencil2 ✏️ memo 📝 briefcase 💼 file_folder 📁 open_file_folder 📂 card_index 📇 card_index_dividers 🗂️ bookmark 🔖 bookmark_tabs 📑 ledger 📒 notebook 📓
book 📖 books 📚 newspaper 📰 scroll 📜 page_facing_up 📄 page_with_curl 📃 clipboard 📋 spiral_note_pad 🗒️ date 📅 calendar 📆 spiral_calendar_pad 🗓️
chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 bar_chart 📊 email 📧 envelope ✉️ e-mail 📧 incoming_envelope 📨 envelope_with_arrow 📩 inbox_tray 📥
outbox_tray 📤 mailbox 📫 postbox 📮 speech_balloon 💬 left_speech_bubble 🗨️ thought_balloon 💭 hourglass ⌛ hourglass_flowing_sand ⏳ watch ⌚
alarm_clock ⏰ stopwatch ⏱️ timer_clock ⏲️ clock1 🕐 clock3 🕒 clock9 🕘 clock12 🕛 gear ⚙️ wrench 🔧 hammer 🔨 hammer_and_wrench 🛠️ nut_and_bolt 🔩 toolbox 🧰
test_tube 🧪 microscope 🔬 shield 🛡️ moneybag 💰 dollar 💵 credit_card 💳 receipt 🧾 shopping_trolley 🛒 label 🏷️ ticket 🎫 wastebasket 🗑️ door 🚪
construction 🚧 traffic_light 🚦 vertical_traffic_light 🚦 rotating_light 🚨 police_car 🚓 ambulance 🚑 fire_engine 🚒 sos 🆘 warning ⚠️ no_entry ⛔
no_entry_sign 🚫 stop_sign 🛑 octagonal_sign 🛑 prohibited 🚫 no_mobile_phones 📵 bangbang ‼️ exclamation ❗ heavy_exclamation_mark ❗ grey_exclamation ❕
question ❓ grey_question ❔ interrobang ⁉️ white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎
heavy_plus_sign ➕ heavy_minus_sign ➖ heavy_multiplication_x ✖️ o ⭕ red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡 large_green_circle 🟢
large_blue_circle 🔵 large_purple_circle 🟣 white_circle ⚪ black_circle ⚫ large_red_square 🟥 large_green_square 🟩 large_yellow_square 🟨
white_large_square ⬜ black_large_square ⬛ radio_button 🔘 arrow_up ⬆️ arrow_down ⬇️ arrow_left ⬅️ arrow_right ➡️ arrow_upper_right ↗️
arrow_right_hook ↪️ leftwards_arrow_with_hook ↩️ arrows_counterclockwise 🔄 arrows_clockwise 🔃 repeat 🔁 rewind ⏪ fast_forward ⏩ arrow_forward ▶️
arrow_backward ◀️ double_vertical_bar ⏸️ black_square_for_stop ⏹️ track_next ⏭️ record_button ⏺️ information_source ℹ️ new 🆕 ok 🆗 up 🆙 cool 🆒 free 🆓 id 🆔
vs 🆚 soon 🔜 back 🔙 end 🔚 on 🔛 top 🔝 one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ zero 0️⃣ keycap_ten 🔟 hash #️⃣
1234 🔢 abc 🔤 symbols 🔣 recycle ♻️ copyright ©️ registered ®️ tm ™️ infinity ♾️ wheelchair ♿ flag-us 🇺🇸 us 🇺🇸 flag-ca 🇨🇦 flag-gb 🇬🇧 gb 🇬🇧 flag-fr 🇫🇷 fr 🇫🇷 flag-de 🇩🇪 de 🇩🇪
flag-es 🇪🇸 flag-it 🇮🇹 flag-jp 🇯🇵 jp 🇯🇵 flag-br 🇧🇷 flag-in 🇮🇳 flag-au 🇦🇺 checkered_flag 🏁 triangular_flag_on_post 🚩 waving_white_flag 🏳️ crystal_ball 🔮
magic_wand 🪄 compass 🧭 anchor ⚓ ship 🚢 parachute 🪂 bike 🚲 hand_with_index_finger_and_thumb_crossed 🫰 palms_up_together 🤲 identification_card 🪪
`;

/** @type {Map<string, string>} */
export const EMOJI = new Map();
const words = TABLE.trim().split(/\s+/);
for (let at = 0; at + 1 < words.length; at += 2) EMOJI.set(words[at], words[at + 1]);

/** @param {string} name without colons @returns {string | undefined} */
export function emoji(name) {
  return EMOJI.get(name.replace(/::skin-tone-\d$/, ""));
}

/** Replaces every `:name:` that is known. @param {string} text */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+(?:::skin-tone-\d)?):/g, (whole, name) => emoji(name) ?? whole);
}
