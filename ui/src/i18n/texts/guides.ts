// How to connect each system: what to create there, which address to paste, which rights. By the connection's name; one without
// a guide shows none.

export interface Guide {
  about: string;
  steps: string[];
}

const ru: Record<string, Guide> = {
  telephony: {
    about: 'Телефония открывает оператору карточку звонка и сообщает о начале и конце.',
    steps: [
      'Назовите клиента латиницей, например vilnius, в поле «Клиенты», включите подключение и сохраните.',
      'Создайте ему ключ в разделе «Секреты» и скопируйте.',
      'В программе оператора укажите открывать при входящем звонке адрес «Начало и конец звонка»: type=newcall в начале, type=endcall в конце, номер в ani, оператор в curator_id, ключ в key.',
      'Если программа не умеет передавать ключ, впишите её сеть в «Откуда звонят клиенты».',
      'Нажмите «Проверить» и позвоните: запись появится на экране «Обмен».',
    ],
  },
  agencies: {
    about: 'Служба отдаёт карточку агентства по номеру, с которого звонят.',
    steps: [
      'Попросите у хозяина службы отдельную учётную запись с правом чтения агентств.',
      'Впишите адрес службы без последнего пути и логин, сохраните.',
      'Задайте пароль в разделе «Секреты».',
      'Если сертификат службы выпущен своим центром, укажите его файл в «Свои сертификаты».',
      'Включите подключение и нажмите «Проверить»: в ответе должен быть вход и чтение.',
    ],
  },
  finesse: {
    about: 'Платформа телефонии сообщает состояния операторов; действия супервизора идут через неё же.',
    steps: [
      'Попросите администратора Finesse завести супервизора для Пульта: он должен вести нужные команды и не принимать звонки.',
      'Впишите адрес первого узла (имя из сертификата и порт 8445) и учётную запись, сохраните.',
      'Задайте пароль в разделе «Секреты». После одного отказа Пульт перестаёт пробовать, чтобы не заблокировать запись.',
      'Если сертификаты узлов выпущены своим центром, укажите его файл в «Свои сертификаты»; самоподписанный примите по отпечатку, который покажет «Проверить».',
      'Включите подключение и нажмите «Проверить»: узлы, сертификаты, права и порт уведомлений должны быть в порядке.',
    ],
  },
  okdesk: {
    about: 'Сообщает о закрытых заявках и хранит их оценки.',
    steps: [
      'В Okdesk возьмите ключ API у сотрудника, которому можно читать заявки и контакты и ставить оценки.',
      'Впишите адрес Okdesk и сохраните, ключ задайте в разделе «Секреты».',
      'Создайте случайный ключ вебхука там же и скопируйте: второй раз он показан не будет.',
      'В Okdesk добавьте вебхук на событие «Изменение статуса заявки»: внешний адрес приёма, затем /hooks/okdesk?key= и ключ. Прежний адрес /api/v1/okdesk/create_rate_request?key= тоже принимается.',
      'На то же место можно направить события «Оценка заявки»: тогда чужая оценка снимет наш вопрос сразу.',
      'Если сертификат выпущен своим центром, укажите его файл в «Свои сертификаты».',
      'Включите подключение, нажмите «Проверить» и закройте пробную заявку: запись появится на экране «Обмен». Сами вопросы включаются в разделе «Оценки».',
    ],
  },
  bitrix24: {
    about: 'Находит автора заявки по почте, спрашивает оценку в чате, хранит задачи по документам 1С.',
    steps: [
      'В Bitrix24 создайте входящий вебхук для поиска людей с правами user и user_basic. Одного user_brief мало: в нём нет почты.',
      'Создайте второй входящий вебхук для сообщений с правами im и imbot.',
      'Впишите адрес любого из них до номера владельца, с косой чертой в конце. Последние части обоих задайте в разделе «Секреты».',
      'Чтобы писать от имени бота, задайте «Токен нашего бота»: любые свои знаки, не больше 40. Бот заведётся сам с первым вопросом, его номер назовёт «Проверить».',
      'Если ответы приходят событиями, создайте исходящий вебхук на внешний адрес приёма, затем /hooks/bitrix24, и задайте его токен приложения.',
      'Владелец вебхуков должен оставаться сотрудником: с его уходом они перестают действовать.',
      'Включите подключение и нажмите «Проверить»: недостающие права будут названы в ответе.',
    ],
  },
  call_feed: {
    about: 'Колл-центр присылает законченные звонки пачками до 500 штук.',
    steps: [
      'Включите подключение и сохраните.',
      'Создайте ключ в разделе «Секреты» и скопируйте.',
      'На стороне колл-центра отправляйте POST на адрес ниже с заголовком X-Api-Key и телом {"calls":[…]}.',
      'У каждого звонка должен быть постоянный source_id: по нему повторная отправка обновит строку, а не добавит новую.',
    ],
  },
  erp: {
    about: '1С присылает документы, из каждой строки выходит задача в Bitrix24 тому, кто занят меньше всех.',
    steps: [
      'В Bitrix24 под администратором создайте входящий вебхук с правами task, disk, sonet_group, department, user и calendar. Другой человек не видит чужих задач, и все казались бы свободными.',
      'Скопируйте его адрес целиком и задайте в разделе «Секреты» как «Адрес вебхука задач». Само подключение Bitrix24 тоже должно быть включено.',
      'В настройках «Документы 1С» проверьте корневой отдел и проект: названия подотделов должны совпадать с калькуляциями в 1С.',
      'Если 1С на другой машине, создайте «Ключ 1С» и впишите в «Где ждать 1С» адрес, который ей доступен. Без ключа такой адрес не откроется.',
      'Включите подключение, сохраните и нажмите «Проверить» здесь и у Bitrix24.',
      'В 1С отправляйте POST на адрес ниже с телом в JSON; ключ, если он задан, передаётся в заголовке X-Api-Key. Описание полей открывается по адресу /docs там же.',
      'Отправьте пробный документ по образцу: он появится на экране «Обмен», вкладка «Документы 1С».',
    ],
  },
  intradesk: {
    about: 'Служба заявок: карусель берёт из неё тикеты без исполнителя и назначает их по очереди.',
    steps: [
      'В IntraDesk заведите отдельного сотрудника для Пульта с правом читать заявки, сотрудников и сервисы и назначать исполнителя. Лучше не отдавать ему тикеты самому: не включайте его в группы сервисов.',
      'Либо создайте ключ в IntraDesk: Настройки → Интеграции → ApiKey, и выберите здесь «ключ API». Тогда учётная запись бота не нужна.',
      'Впишите адрес компании, каким вы открываете IntraDesk, без https://, и сохраните. Пароль или ключ задайте в разделе «Секреты».',
      'В IntraDesk привяжите к каждому сервису группы сотрудников: карусель раздаёт тикеты сервиса людям его групп и никому больше.',
      'Для IntraService на своём сервере выберите этот продукт, впишите его адрес и учётную запись; если сертификат выпущен своим центром, укажите его файл.',
      'IntraService не называет списков. Выгрузите их из него в CSV или JSON и загрузите в «Импорте» по порядку: сервисы, сотрудники, группы, состав групп, группы сервисов. Столбцы названы там же. Меняются списки — загрузите файл снова: он заменяет весь список, чего в нём нет, то исчезло. «Проверить файл» заранее покажет, что изменится и что исчезнет.',
      'Включите подключение, сохраните и нажмите «Проверить»: в ответе названа компания и первые люди, убедитесь, что они ваши.',
      'На экране «Карусель», вкладка «Каталог», импортируйте сервисы и людей (IntraDesk). Новые приходят выключенными: включите, кого нужно. Первые дни можно вести «Пробный прогон» в настройках «Карусель».',
    ],
  },
  pachca: {
    about: 'Мессенджер: обращения становятся задачами, ответы приходят в обсуждения.',
    steps: [
      'В Пачке создайте бота и выдайте ему права: messages:create, messages:read, messages:update, threads:create, users:read, views:write, uploads:write, chats:read и webhooks:events:read. Токен бота задайте в разделе «Секреты».',
      'В настройках бота откройте исходящий вебхук и скопируйте «Signing secret»: задайте его в разделе «Секреты». Без него не принимается ни одно событие.',
      'Туда же впишите адрес: внешний адрес приёма, затем /hooks/pachca. Нужны события о новых, изменённых и удалённых сообщениях и о нажатии кнопок.',
      'Включите у бота хранение истории событий: из неё Пульт доберёт то, что не дошло. Включите и «не реагировать на собственные сообщения».',
      'Добавьте бота в чаты поддержки. Выберите их по названию в настройках «Чат ↔ трекер», если сообщения там должны сразу становиться задачами.',
      'Включите подключение, сохраните и нажмите «Проверить»: недостающие права будут названы в ответе. Потом напишите боту: он ответит меню.',
    ],
  },
  tracker: {
    about: 'Трекер: в его очереди создаются задачи, туда и обратно копируются комментарии.',
    steps: [
      'Заведите в Трекере учётную запись робота с лицензией и доступом к очереди. Получите для неё токен OAuth с правом читать и менять задачи и задайте его в разделе «Секреты».',
      'Впишите номер организации: Яндекс 360, а если её нет, Yandex Cloud. Впишите ключ очереди и сохраните.',
      'В настройках очереди создайте локальные поля с ключами pachcaUserId, pachcaMessageId, pachcaChatId, pachcaIssueKey, name и department; для надёжного поиска добавьте sourceRef. Приставку полей Пульт узнает сам.',
      'В разделе «Секреты» создайте «Ключ триггера Трекера» и скопируйте: второй раз он показан не будет.',
      'В очереди создайте триггер с условиями «Комментарий создан» и «Автор комментария не равен» нашему роботу.',
      'Действие триггера — «HTTP-запрос»: метод POST, внешний адрес приёма, затем /hooks/tracker, заголовок X-Hook-Secret с этим ключом, тело — шаблон ниже. Текст комментария в шаблон не вставляйте: кавычка сломает JSON, а текст Пульт прочтёт сам. Второй такой же триггер, на смену статуса, держит статусы свежими.',
      'Включите подключение, сохраните и нажмите «Проверить»: очередь, поля и лицензия должны быть в порядке. Потом оставьте пробный комментарий: запись появится на экране «Обмен». Впишите «Номера триггеров», и проверка скажет, какие их вызовы до Пульта не дошли.',
    ],
  },
  yandex360: {
    about: 'Справочник людей: по нему в задачу попадает отдел автора. Без него задачи создаются без отдела.',
    steps: [
      'Под администратором организации получите токен OAuth с правами directory:read_users и directory:read_departments и задайте его в разделе «Секреты».',
      'Впишите номер организации и сохраните.',
      'Включите подключение и нажмите «Проверить»: в ответе будет, сколько людей и отделов прочитано.',
    ],
  },
  redmine: {
    about: 'Трекер, в котором люди работают с заявками: показ, комментарии, смена статуса и уведомления.',
    steps: [
      'В Redmine под администратором откройте «Администрирование» → «Настройки» → «API» и включите «Включить веб-сервис REST».',
      'Заведите для Пульта учётную запись и дайте ей роль в нужных проектах: видеть все заявки, создавать и редактировать их, добавлять комментарии. С правом «Просмотр приватных комментариев» Пульт заметит и закрытые, но покажет их только тем, кто подключит свой ключ и вправе их читать; без него закрытых для Пульта нет.',
      'Войдите под этой записью, откройте «Моя учётная запись» и скопируйте справа «Ключ доступа к API». Задайте его в разделе «Секреты».',
      'Впишите адрес Redmine, каким его открывают люди, с приставкой, если она есть. Если заявки нужны не из всех проектов, впишите их идентификаторы. Сохраните.',
      'В Redmine 7 изменения могут приходить сразу: создайте здесь «Секрет вебхуков», а в Redmine под учётной записью Пульта добавьте вебхук на адрес ниже с этим секретом и событиями задач. Без него Пульт смотрит изменения сам.',
      'Включите подключение и нажмите «Проверить»: в ответе будет, чья это запись, видны ли ей проекты и закрытые комментарии и не разошлись ли часы.',
      'Люди подключают свои ключи сами, на экране «Заявки»: тогда их изменения записываются на них, с их правами.',
    ],
  },
  staff: {
    about:
      'Люди входят в Пульт с паролем ERP: Пульт спрашивает её при каждом входе. Кто заблокирован там, сразу теряет доступ и здесь.',
    steps: [
      'Рядом с ERP нужна небольшая служба по HTTPS: POST на её адрес с приставкой /verify получает логин и пароль и отвечает 200 с профилем, 401, если они не подошли, или 423, если человек заблокирован. Её поля и ответы описаны в README.',
      'Договоритесь о токене: служба должна отвечать 403 на любой другой. Задайте его в разделе «Секреты».',
      'Впишите адрес службы без /verify. Если удостоверяющий центр свой, укажите файл его сертификата. Сохраните.',
      'Решите, заводить ли учётную запись тому, кого знает ERP, но не знает Пульт: без «Заводить учётные записи» её создаёт администратор или импорт людей.',
      'Включите подключение и нажмите «Проверить»: Пульт спросит о выдуманном человеке и ждёт отказа. Ничью учётную запись это не заблокирует.',
      'Оставьте хотя бы одному администратору пароль Пульта: о тех, у кого он есть, ERP не спрашивают. Остальным его можно убрать в разделе «Люди».',
    ],
  },
  xmpp: {
    about: 'Мессенджер (Vacuum-IM и другие): туда уходят копии уведомлений, через него люди переписываются.',
    steps: [
      'На сервере XMPP заведите Пульту отдельную учётную запись. Никто больше под ней не входит: двое под одной вытесняют друг друга.',
      'Впишите её адрес, имя@домен. Сервер найдётся по домену; если он стоит под другим именем, впишите «Сервер» и «Порт». Сохраните, пароль задайте в разделе «Секреты».',
      'Соединение всегда идёт в TLS: на порту 5222 после первого слова, на старом 5223 сразу. Без TLS Пульт не скажет ничего, пароля тоже.',
      'Нажмите «Проверить»: в ответе сервер, его сертификат, способы входа и что он умеет. Сертификат сверяется с доменом адреса. Если он самоподписанный, сверьте отпечаток с администратором сервера и впишите в «Принятые сертификаты»; если центр свой, укажите его файл.',
      'Если сервер принимает пароль только открытым текстом (PLAIN, так бывает с LDAP), вход остановится. Разрешить это можно настройкой «Пароль открытым текстом внутри TLS»: пароль увидит сам сервер.',
      'Включите подключение и сохраните. Копии уведомлений каждый включает себе сам: «Настройки» → «Уведомления», столбец «В мессенджер». Они идут на почту человека; если адрес в мессенджере другой, его вписывают там же.',
      'Vacuum-IM: добавлять Пульт в контакты не нужно. Отвечать ему незачем, ответов он не читает. Если копии приходят отдельными окнами, выключите «Прочие уведомления не хранить на сервере»; разметка видна только с настройкой «Разметка для старых программ».',
      'Чтобы переписываться из Пульта, люди подключают свои учётные записи на экране «Уведомления», вкладка «Сообщения». В Vacuum-IM при этом можно оставаться: сообщения придут в обе программы, если сервер умеет carbons и mam.',
      'Людей Пульта находят по имени и без контактов, их адреса берутся отсюда же. Кого ещё считать своими, перечисляют в «Свои адреса и домены»; сообщения остальных, кого нет в контактах, не показываются, пока это не разрешено.',
      'Неверный пароль пробуется один раз, уведомления ждут в очереди сутки. Задайте новый в разделе «Секреты»: Пульт попробует его сразу. Если человека с таким адресом на сервере нет, администраторы узнают об этом из уведомления, раз в день.',
    ],
  },
};

const en: typeof ru = {
  telephony: {
    about: 'The telephony opens a call card for the operator and tells when a call begins and ends.',
    steps: [
      'Name a client in Latin letters, for instance vilnius, in “Clients”, switch the connection on and save.',
      'Make a key for it under “Secrets” and copy it.',
      'In the operator’s program, open the address “Start and end of a call” on an incoming call: type=newcall at the start, type=endcall at the end, the number in ani, the operator in curator_id, the key in key.',
      'If the program cannot send a key, put its network into “Where clients call from”.',
      'Press “Check” and make a call: the record appears on the Deliveries screen.',
    ],
  },
  agencies: {
    about: 'The service gives an agency’s card for the number that calls.',
    steps: [
      'Ask the owner of the service for an account of its own that may read agencies.',
      'Enter the address of the service without the last path and the login, then save.',
      'Set the password under “Secrets”.',
      'If the service’s certificate comes from an authority of its own, name its file in “Own certificates”.',
      'Switch the connection on and press “Check”: the answer has to hold a sign-in and a reading.',
    ],
  },
  finesse: {
    about: 'The telephony platform tells operators’ states; a supervisor’s acts go through it as well.',
    steps: [
      'Ask the Finesse administrator for a supervisor of Pult’s own: in charge of the teams, taking no calls.',
      'Enter the address of the first node (the name in its certificate and port 8445) and the account, then save.',
      'Set the password under “Secrets”. After one refusal Pult stops trying, so that the account is not locked.',
      'If the nodes’ certificates come from an authority of your own, name its file in “Own certificates”; accept a self-signed one by the fingerprint that “Check” shows.',
      'Switch the connection on and press “Check”: nodes, certificates, rights and the notification port have to be in order.',
    ],
  },
  okdesk: {
    about: 'Tells of closed issues and keeps their ratings.',
    steps: [
      'In Okdesk, take the API key of an employee who may read issues and contacts and set ratings.',
      'Enter the address of Okdesk and save; set the key under “Secrets”.',
      'Make a random webhook key there too and copy it: it is not shown again.',
      'In Okdesk, add a webhook for the event “Change of the issue’s status”: the public address for webhooks, then /hooks/okdesk?key= and the key. The former address /api/v1/okdesk/create_rate_request?key= is taken as well.',
      'The event “Rating of the issue” may go to the same place: a rating given there then withdraws our question at once.',
      'If the certificate comes from an authority of your own, name its file in “Own certificates”.',
      'Switch the connection on, press “Check” and close a trial issue: the record appears on the Deliveries screen. The questions themselves are switched on under “Ratings”.',
    ],
  },
  bitrix24: {
    about: 'Finds an issue’s author by e-mail, asks for a rating in the chat, keeps the tasks of ERP documents.',
    steps: [
      'In Bitrix24, make an incoming webhook for finding people with the scopes user and user_basic. user_brief alone is not enough: it has no e-mail.',
      'Make a second incoming webhook for messages with the scopes im and imbot.',
      'Enter the address of either up to its owner’s number, with the last slash. Set the last parts of both under “Secrets”.',
      'To write as a bot, set “Token of our bot”: any characters of your own, at most 40. The bot is made with the first question; “Check” says its number.',
      'If answers come as events, make an outgoing webhook to the public address for webhooks, then /hooks/bitrix24, and set its application token.',
      'The owner of the webhooks has to stay an employee: they stop working when the owner leaves.',
      'Switch the connection on and press “Check”: missing scopes are named in the answer.',
    ],
  },
  call_feed: {
    about: 'The call centre sends finished calls, up to 500 at a time.',
    steps: [
      'Switch the connection on and save.',
      'Make a key under “Secrets” and copy it.',
      'On the call centre’s side, POST to the address below with the header X-Api-Key and the body {"calls":[…]}.',
      'Each call needs a lasting source_id: by it a repeated sending updates the row and adds none.',
    ],
  },
  erp: {
    about: 'The ERP (1C) sends documents; each line becomes a Bitrix24 task for whoever is least busy.',
    steps: [
      'In Bitrix24, have an administrator make an incoming webhook with the scopes task, disk, sonet_group, department, user and calendar. Anybody else does not see other people’s tasks, so everybody would look idle.',
      'Copy its whole address and set it under “Secrets” as “Address of the webhook of tasks”. The Bitrix24 connection itself has to be on as well.',
      'In the settings “ERP documents”, check the department at the top and the project: names of sub-departments have to be those of the lines in the ERP.',
      'If the ERP is on another machine, make the “Key of the ERP” and put an address it can reach into “Where the ERP is waited for”. Without a key such an address is not opened.',
      'Switch the connection on, save, and press “Check” here and at Bitrix24.',
      'In the ERP, POST to the address below with a JSON body; a key that is set goes into the header X-Api-Key. The fields are described at /docs there.',
      'Send a trial document made of a sample: it appears on the Deliveries screen under “ERP documents”.',
    ],
  },
  intradesk: {
    about: 'The service desk: the carousel takes tickets without an executor from it and gives them out in turn.',
    steps: [
      'In IntraDesk, make an employee of Pult’s own who may read tickets, employees and services and assign an executor. Keep this one out of the groups of services, so that no tickets go to it.',
      'Or make a key in IntraDesk under Settings → Integrations → ApiKey and choose “API key” here: then no account of a bot is needed.',
      'Enter the company’s address as you open IntraDesk, without https://, and save. Set the password or the key under “Secrets”.',
      'In IntraDesk, bind groups of employees to each service: the carousel gives a service’s tickets to the people of its groups and to nobody else.',
      'For IntraService on your own server, choose that product and enter its address and an account; if the certificate comes from an authority of your own, name its file.',
      'IntraService names no lists. Take them out of it as CSV or JSON and bring them in under “Imports” in this order: services, people, groups, members of groups, groups of services. The columns are named there. When a list changes, import its file again: it replaces the whole list, and what it does not name is gone. “Check a file” shows beforehand what would change and what would be gone.',
      'Switch the connection on, save and press “Check”: the answer names the company and its first people; make sure they are yours.',
      'On the Carousel screen under “Catalogue”, import services and people (IntraDesk). New ones come switched off: switch on whom you need. The first days can be a “Dry run” in the settings “Carousel”.',
    ],
  },
  pachca: {
    about: 'The messenger: requests become issues, answers come into discussions.',
    steps: [
      'In Pachca, make a bot and give it the scopes messages:create, messages:read, messages:update, threads:create, users:read, views:write, uploads:write, chats:read and webhooks:events:read. Set its token under “Secrets”.',
      'In the bot’s settings open the outgoing webhook and copy the “Signing secret”: set it under “Secrets”. Without it no event is taken.',
      'Enter the address there as well: the public address for webhooks, then /hooks/pachca. Needed are the events of new, changed and deleted messages and of pressed buttons.',
      'Switch “keep event history” on at the bot: Pult takes from it what did not arrive. Switch “ignore own messages” on too.',
      'Add the bot to the service desk’s chats. Choose them by name in the settings “Chat ↔ tracker” where messages are to become issues at once.',
      'Switch the connection on, save and press “Check”: missing scopes are named in the answer. Then write to the bot: it answers with its menu.',
    ],
  },
  tracker: {
    about: 'The tracker: issues are created in its queue, and comments are copied both ways.',
    steps: [
      'In Tracker, make an account for a robot with a licence and access to the queue. Get an OAuth token for it that may read and change issues and set it under “Secrets”.',
      'Enter the number of the organization: of Yandex 360, or of Yandex Cloud where there is none. Enter the key of the queue and save.',
      'In the queue’s settings make local fields with the keys pachcaUserId, pachcaMessageId, pachcaChatId, pachcaIssueKey, name and department; add sourceRef so that issues are found for certain. Pult learns the fields’ prefix by itself.',
      'Under “Secrets” make the “Key of Tracker’s trigger” and copy it: it is not shown again.',
      'In the queue make a trigger with the conditions “Comment created” and “Comment author is not” our robot.',
      'Its action is “HTTP request”: method POST, the public address for webhooks, then /hooks/tracker, a header X-Hook-Secret with that key, and the template below as its body. Do not put the comment’s text into it: a quotation mark breaks the JSON, and Pult reads the text by itself. A second trigger of the kind, for changes of status, keeps statuses fresh.',
      'Switch the connection on, save and press “Check”: queue, fields and licence have to be in order. Then leave a trial comment: the record appears on the Deliveries screen. Enter the “Numbers of the triggers”, and the check tells which of their calls did not reach Pult.',
    ],
  },
  yandex360: {
    about: 'The directory of people: it tells the department of whoever asks. Without it issues have no department.',
    steps: [
      'As an administrator of the organization get an OAuth token with directory:read_users and directory:read_departments and set it under “Secrets”.',
      'Enter the number of the organization and save.',
      'Switch the connection on and press “Check”: the answer says how many people and departments were read.',
    ],
  },
  redmine: {
    about: 'The tracker in which people work with tickets: looking, comments, changes of status and notices.',
    steps: [
      'In Redmine, as an administrator, open Administration → Settings → API and switch “Enable REST web service” on.',
      'Create an account for Pult and give it a role in the projects: to view all issues, to add and edit them, and to add notes. With “View private notes” Pult notices private ones too, and shows them only to people who connect a key of their own and may read them; without it there are none for Pult.',
      'Sign in with that account, open “My account” and copy the “API access key” on the right. Set it under “Secrets”.',
      'Enter the address of Redmine as people open it, with its prefix where it has one. Where not all projects are wanted, enter their identifiers. Save.',
      'With Redmine 7 changes can come at once: make the “Secret of Redmine’s webhooks” here, and in Redmine, with Pult’s account, add a webhook to the address below with that secret and the events of issues. Without it Pult looks for changes by itself.',
      'Switch the connection on and press “Check”: it tells whose account it is, whether it sees the projects and private notes, and whether the clocks agree.',
      'People connect their own keys themselves, on the screen “Tickets”: then what they change is written in their name, with their rights.',
    ],
  },
  staff: {
    about:
      'People sign in to Pult with their ERP password: Pult asks the ERP at each sign-in. Whoever is blocked there is out here at once.',
    steps: [
      'A small HTTPS service is needed beside the ERP: POST to its address with /verify appended gets a login and a password and answers 200 with the profile, 401 where they are wrong, or 423 where the person is blocked. The README describes its fields and answers.',
      'Agree on a token: the service has to answer 403 to any other. Set it under “Secrets”.',
      'Enter the address of the service without /verify. Where the authority is your own, name the file of its certificate. Save.',
      'Decide whether somebody the ERP knows and Pult does not gets an account: without “Make accounts” an administrator or the import of people makes it.',
      'Switch the connection on and press “Check”: Pult asks about an invented person and expects a refusal. Nobody’s account is locked by it.',
      'Let at least one administrator keep a password of Pult’s: the ERP is not asked about those who have one. From others it can be taken away under “People”.',
    ],
  },
  xmpp: {
    about: 'A messenger (Vacuum-IM and others): duplicates of notices go there, and people write to each other by it.',
    steps: [
      'On the XMPP server, create an account for Pult alone. Nobody else signs in with it: two on one account push each other out.',
      'Enter its address, name@domain. The server is found by the domain; where it goes by another name, fill in “Server” and “Port”. Save, and set the password under “Secrets”.',
      'The connection is always within TLS: after a first word on port 5222, at once on the old 5223. Without TLS nothing is said, least of all the password.',
      'Press “Check”: it tells the server, its certificate, the ways to sign in and what the server can do. The certificate is compared with the address’s domain. If it is self-signed, compare the fingerprint with the server’s administrator and enter it under “Accepted certificates”; if the authority is your own, name its file.',
      'If the server takes the password only as it is (PLAIN, as with LDAP), signing in stops. The setting “Password as it is, within TLS” allows it: the server itself will see the password.',
      'Switch the connection on and save. Everybody switches duplicates of notices on for themselves: Settings → Notices, the column “To the messenger”. They go to the person’s e-mail address; another address is entered there.',
      'Vacuum-IM: there is no need to add Pult to the contacts, nor to answer it: it reads no answers. If duplicates come in windows of their own, switch “Other notices are not kept by the server” off; markup is seen only with “Marked-up text for old programs”.',
      'To write from Pult, people connect accounts of their own on the Notices screen, tab “Messages”. Vacuum-IM may stay open: messages come to both programs where the server has carbons and mam.',
      'The people of Pult are found by name without being contacts, at the same addresses. Who else is of the house stands in “Addresses and domains of the house”; what anybody else writes who is no contact is not shown until that is allowed.',
      'A wrong password is tried once, and notices wait for a day. Set a new one under “Secrets”: Pult tries it at once. Where nobody on the server has a person’s address, administrators are told by a notice, once a day.',
    ],
  },
};

export const guides = { ru, en };
