import { formatCount } from '../../format/quantities.ts';
import type { Messages } from '../en.ts';

export const zhTwProtobuf: Messages['protobuf'] = {
  title: 'Protobuf 訊息型別',
  hint: '可載入 protoc --include_imports --descriptor_set_out 的輸出，或 .proto 檔（相關的檔案請一次選取，或選取其資料夾；google/protobuf 的檔案可省略）。路徑如 /shop.v1.Orders/Get 會自動對應型別，其他情況可自行選擇。',
  drop: '拖放描述檔、.proto 檔或其資料夾',
  kept: '描述檔',
  added: (name, messages, methods) => `已加入 ${name}：${counts(messages, methods)}。`,
  counts,
  taken: (name) => `已有另一個名為 ${name} 的描述檔。若兩者都保留，同名的型別以較新的為準。`,
  replace: '取代',
  keepBoth: '兩者都保留',
  leaveOut: '不加入新的',
  remove: (name) => `刪除 ${name}`,
  undescribed: '欄位以編號顯示。',
  load: '載入型別…',
  manage: '型別…',
  type: '型別',
  noType: '未知，請選擇訊息',
  misfit: '與型別不符',
};

function counts(messages: number, methods: number): string {
  const types = `${formatCount(messages)} 種訊息`;
  return methods === 0 ? types : `${types}、${formatCount(methods)} 個方法`;
}
